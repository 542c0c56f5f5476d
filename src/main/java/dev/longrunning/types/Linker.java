package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.longrunning.operation.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of many sets one whole.
 *
 * <p><b>Promise.</b> A file that is built in stays as it is. What several sets have is there once:
 * as the one that has all of the others. A type is found wherever it is, so a set may leave out
 * what others have or is built in, and imports that only options need.
 *
 * <p><b>Threads.</b> Used once, by one.
 *
 * <p><b>Bounds.</b> {@value #FILES_MAX} files, {@value #TYPES_MAX} message types.
 */
final class Linker {
  /** All of the public interfaces of Google's are some 8,000. */
  static final int FILES_MAX = 10_000;

  /** Some 3 KiB each: 150 MiB at most. */
  static final int TYPES_MAX = 50_000;

  private static final int NAMED_MAX = 3;

  private record Sourced(String source, FileDescriptorProto file) {}

  private final Map<String, FileDescriptor> builtIn = new HashMap<>();
  private final Map<String, FileDescriptor> builtInTypes = new HashMap<>();
  private final Map<String, Sourced> files = new LinkedHashMap<>();
  private final Map<String, FileNames> names = new LinkedHashMap<>();

  /** The name of the file of sets that defines a type. */
  private final Map<String, String> definedIn = new HashMap<>();

  private int messages;
  private final List<String> faults = new ArrayList<>();
  private final Collection<FileDescriptor> base;

  /**
   * Begins with what is built in.
   *
   * @param base with what it imports
   */
  Linker(Collection<FileDescriptor> base) {
    this.base = base;
    for (var file : Types.withImports(base)) {
      builtIn.put(file.getName(), file);
      FileNames.of(SlimFile.of(file.toProto()))
          .defined()
          .forEach(name -> builtInTypes.put(name, file));
    }
  }

  /** Links all sets; fails with all faults of the first step that has any. */
  Types link(List<TypeSet> sets) throws TypesFault {
    sets.forEach(set -> set.files().forEach(file -> add(set.source(), file)));
    check();
    files.forEach(this::define);
    check();
    var uses = new LinkedHashMap<String, Set<String>>();
    files.forEach((name, file) -> uses.put(name, uses(file)));
    check();
    return Types.of(built(uses));
  }

  private void check() throws TypesFault {
    if (!faults.isEmpty()) {
      throw new TypesFault(faults);
    }
  }

  private void fault(String got, String problem, String allowed) {
    if (faults.size() < TypeSources.FAULTS_MAX) {
      faults.add(TypesFault.line(got, problem, allowed));
    }
  }

  private void add(String source, FileDescriptorProto file) {
    String name = file.getName();
    if (builtIn.containsKey(name)) {
      return;
    }
    var fresh = new Sourced(source, file);
    var known = files.putIfAbsent(name, fresh);
    if (known == null) {
      if (files.size() == FILES_MAX + 1) {
        fault(source, " with more", "at most " + FILES_MAX + " proto files in all sets");
      }
      return;
    }
    var missing = FileDifference.find(known.file(), file);
    if (missing.isEmpty()) {
      return;
    }
    if (FileDifference.find(file, known.file()).isEmpty()) {
      files.put(name, fresh);
    } else {
      fault(
          source + " and " + known.source(),
          ", whose " + shown(name) + " differ at " + shown(missing.get()),
          "one version of a proto file");
    }
  }

  private void define(String file, Sourced sourced) {
    var found = FileNames.of(sourced.file());
    names.put(file, found);
    messages += found.messages();
    if (messages > TYPES_MAX && messages - found.messages() <= TYPES_MAX) {
      fault(sourced.source(), " with more", "at most " + TYPES_MAX + " message types in all sets");
    }
    for (String type : found.defined()) {
      var other = definedIn.putIfAbsent(type, file);
      var first = builtInTypes.get(type);
      if (other != null || first != null) {
        fault(
            sourced.source(),
            ": " + shown(file) + " defines " + shown(type) + ", and so does " + where(other, first),
            "one definition of a type");
        return;
      }
    }
  }

  private String where(@Nullable String file, FileDescriptor builtIn) {
    return file == null
        ? builtIn.getName() + ", which is built in"
        : shown(file) + " of " + files.get(file).source();
  }

  /** The files of sets that a file needs. */
  private Set<String> uses(Sourced sourced) {
    var file = sourced.file();
    var uses = new LinkedHashSet<String>();
    for (String name : names.get(file.getName()).used()) {
      String type = name.startsWith(".") ? name.substring(1) : name;
      var definer = definedIn.get(type);
      if (definer != null) {
        uses.add(definer);
      } else if (!builtInTypes.containsKey(type)) {
        fault(
            sourced.source(),
            ": " + shown(file.getName()) + " needs " + shown(type) + missing(file),
            "sets that have all imports, as protoc --include_imports writes them");
        break;
      }
    }
    uses.remove(file.getName());
    return uses;
  }

  private String missing(FileDescriptorProto file) {
    String missing =
        file.getDependencyList().stream()
            .filter(name -> !files.containsKey(name) && !builtIn.containsKey(name))
            .limit(NAMED_MAX)
            .map(Linker::shown)
            .collect(Collectors.joining(" or "));
    return missing.isEmpty() ? ", which no import has" : " of its import " + missing;
  }

  /** Each file after those that it needs. */
  private List<FileDescriptor> built(Map<String, Set<String>> uses) throws TypesFault {
    var all = new ArrayList<>(base);
    var done = new HashMap<String, FileDescriptor>();
    var waiting = new LinkedHashMap<>(uses);
    while (!waiting.isEmpty()) {
      var ready =
          waiting.keySet().stream()
              .filter(name -> done.keySet().containsAll(uses.get(name)))
              .toList();
      if (ready.isEmpty()) {
        String name = waiting.keySet().iterator().next();
        fault(
            files.get(name).source(),
            ": " + shown(name) + " needs itself by way of its imports",
            "files that do not");
        break;
      }
      for (String name : ready) {
        waiting.remove(name);
        build(name, uses.get(name), done);
      }
      check();
    }
    check();
    all.addAll(done.values());
    return all;
  }

  private void build(String name, Set<String> uses, Map<String, FileDescriptor> done) {
    var sourced = files.get(name);
    var imports = new LinkedHashSet<FileDescriptor>();
    uses.forEach(file -> imports.add(done.get(file)));
    for (String type : names.get(name).used()) {
      var file = builtInTypes.get(type.startsWith(".") ? type.substring(1) : type);
      if (file != null) {
        imports.add(file);
      }
    }
    var proto = sourced.file().toBuilder().clearDependency().clearPublicDependency();
    imports.forEach(file -> proto.addDependency(file.getName()));
    try {
      done.put(
          name, FileDescriptor.buildFrom(proto.build(), imports.toArray(FileDescriptor[]::new)));
    } catch (DescriptorValidationException | RuntimeException e) {
      fault(
          sourced.source(),
          ": " + shown(name) + " does not hold together (" + TypesFault.said(e) + ")",
          "what a compiler of protos wrote");
    }
  }

  private static String shown(String name) {
    return Problem.shown(name);
  }
}
