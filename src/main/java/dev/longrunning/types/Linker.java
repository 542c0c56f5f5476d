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
import java.util.Optional;
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

  /** A file that is used, and what it needs of others. */
  private record Node(String source, FileDescriptorProto file, FileNames names, Set<Node> uses) {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return file.getName().hashCode();
    }
  }

  private final Map<String, FileDescriptor> builtIn = new HashMap<>();
  private final Map<String, FileDescriptor> builtInTypes = new HashMap<>();
  private final Map<String, Sourced> files = new LinkedHashMap<>();

  /** Which file of sets defines a type. */
  private final Map<String, Node> definedIn = new HashMap<>();

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
    var nodes = files.values().stream().map(Linker::node).toList();
    nodes.forEach(this::define);
    check();
    nodes.forEach(this::resolve);
    check();
    return Types.of(built(nodes));
  }

  private static Node node(Sourced sourced) {
    var names = FileNames.of(sourced.file());
    return new Node(sourced.source(), sourced.file(), names, new LinkedHashSet<>());
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

  private void define(Node node) {
    messages += node.names().messages();
    if (messages > TYPES_MAX && messages - node.names().messages() <= TYPES_MAX) {
      fault(node.source(), " with more", "at most " + TYPES_MAX + " message types in all sets");
    }
    for (String type : node.names().defined()) {
      var other = definedIn.putIfAbsent(type, node);
      var first = builtInTypes.get(type);
      if (other != null) {
        twice(node, type, shown(other.file().getName()) + " of " + other.source());
        return;
      }
      if (first != null) {
        twice(node, type, first.getName() + ", which is built in");
        return;
      }
    }
  }

  private void twice(Node node, String type, String where) {
    fault(
        node.source(),
        ": " + shown(node.file().getName()) + " defines " + shown(type) + ", and so does " + where,
        "one definition of a type");
  }

  /** Finds the files of sets that a file needs. */
  private void resolve(Node node) {
    for (String name : node.names().used()) {
      String type = withoutDot(name);
      var definer = definedIn.get(type);
      if (definer != null && !definer.equals(node)) {
        node.uses().add(definer);
      } else if (definer == null && !builtInTypes.containsKey(type)) {
        fault(
            node.source(),
            ": " + shown(node.file().getName()) + " needs " + shown(type) + missing(node.file()),
            "sets that have all imports, as protoc --include_imports writes them");
        return;
      }
    }
  }

  private static String withoutDot(String name) {
    return name.startsWith(".") ? name.substring(1) : name;
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
  private Collection<FileDescriptor> built(List<Node> nodes) throws TypesFault {
    var done = new LinkedHashMap<Node, FileDescriptor>();
    var waiting = new LinkedHashSet<>(nodes);
    while (!waiting.isEmpty()) {
      var ready = waiting.stream().filter(node -> done.keySet().containsAll(node.uses())).toList();
      if (ready.isEmpty()) {
        var node = waiting.iterator().next();
        String name = shown(node.file().getName());
        fault(
            node.source(),
            ": " + name + " needs itself by way of its imports",
            "files that do not");
      }
      ready.forEach(node -> build(node, done));
      check();
      ready.forEach(waiting::remove);
    }
    var all = new ArrayList<>(base);
    all.addAll(done.values());
    return all;
  }

  private void build(Node node, Map<Node, FileDescriptor> done) {
    var imports = new LinkedHashSet<FileDescriptor>();
    for (String name : node.names().used()) {
      Optional.ofNullable(builtInTypes.get(withoutDot(name))).ifPresent(imports::add);
    }
    for (var used : node.uses()) {
      Optional.ofNullable(done.get(used)).ifPresent(imports::add);
    }
    var proto = node.file().toBuilder().clearDependency().clearPublicDependency();
    imports.forEach(file -> proto.addDependency(file.getName()));
    try {
      done.put(
          node, FileDescriptor.buildFrom(proto.build(), imports.toArray(FileDescriptor[]::new)));
    } catch (DescriptorValidationException | RuntimeException e) {
      fault(
          node.source(),
          ": "
              + shown(node.file().getName())
              + " does not hold together ("
              + TypesFault.said(e)
              + ")",
          "what a compiler of protos wrote");
    }
  }

  private static String shown(String name) {
    return Problem.shown(name);
  }
}
