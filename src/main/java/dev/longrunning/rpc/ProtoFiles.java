package dev.longrunning.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Some proto files and all that they import, by what they declare.
 *
 * <p><b>Promise.</b> Complete: every file that a file here imports, directly or not, is here too.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Each file is held in one serialized form at most.
 */
final class ProtoFiles {
  private final Map<String, FileDescriptor> byName = new HashMap<>();
  private final Map<String, FileDescriptor> bySymbol = new HashMap<>();

  /** By name; each is made once, when it is first asked for. */
  private final Map<String, ByteString> serialized = new HashMap<>();

  /** By the extended message, then by number; every message that there is has an entry. */
  private final Map<String, NavigableMap<Integer, FileDescriptor>> extensions = new HashMap<>();

  ProtoFiles(Collection<FileDescriptor> roots) {
    roots.forEach(this::add);
  }

  private void add(FileDescriptor file) {
    if (byName.putIfAbsent(file.getName(), file) != null) {
      return;
    }
    file.getDependencies().forEach(this::add);
    file.getMessageTypes().forEach(this::add);
    file.getEnumTypes().forEach(this::add);
    file.getExtensions().forEach(this::addExtension);
    file.getServices().forEach(this::add);
  }

  private void add(Descriptor message) {
    put(message);
    extensions.computeIfAbsent(message.getFullName(), name -> new TreeMap<>());
    message.getFields().forEach(this::put);
    message.getOneofs().forEach(this::put);
    message.getNestedTypes().forEach(this::add);
    message.getEnumTypes().forEach(this::add);
    message.getExtensions().forEach(this::addExtension);
  }

  private void add(EnumDescriptor type) {
    put(type);
    // A value is its type's sibling, as protobuf has it; Java's own full names say otherwise.
    String scope =
        type.getFullName().substring(0, type.getFullName().length() - type.getName().length());
    type.getValues().forEach(value -> bySymbol.put(scope + value.getName(), type.getFile()));
  }

  private void addExtension(FieldDescriptor extension) {
    put(extension);
    extensions
        .computeIfAbsent(extension.getContainingType().getFullName(), name -> new TreeMap<>())
        .put(extension.getNumber(), extension.getFile());
  }

  private void add(ServiceDescriptor service) {
    put(service);
    service.getMethods().forEach(this::put);
  }

  private void put(GenericDescriptor declared) {
    bySymbol.put(declared.getFullName(), declared.getFile());
  }

  Optional<FileDescriptor> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<FileDescriptor> declaring(String symbol) {
    return Optional.ofNullable(bySymbol.get(symbol));
  }

  Optional<FileDescriptor> extending(String message, int number) {
    return Optional.ofNullable(extensions.get(message)).map(numbers -> numbers.get(number));
  }

  /** The numbers of all extensions of a message, in their order; empty: no such message. */
  Optional<? extends Set<Integer>> extensionsOf(String message) {
    return Optional.ofNullable(extensions.get(message)).map(NavigableMap::navigableKeySet);
  }

  /**
   * A file and all that it imports, each serialized, the file itself first.
   *
   * @param known names of the files to leave out, but for the file itself; all are in it afterwards
   */
  List<ByteString> closure(FileDescriptor file, Set<String> known) {
    var closure = new ArrayList<ByteString>();
    known.add(file.getName());
    closure.add(serialized(file));
    addImports(file, known, closure);
    return closure;
  }

  private ByteString serialized(FileDescriptor file) {
    return serialized.computeIfAbsent(file.getName(), name -> file.toProto().toByteString());
  }

  private void addImports(FileDescriptor file, Set<String> known, List<ByteString> to) {
    for (var imported : file.getDependencies()) {
      if (known.add(imported.getName())) {
        to.add(serialized(imported));
        addImports(imported, known, to);
      }
    }
  }
}
