package dev.longrunning.types;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TypeRegistry;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The message types that are known at one time.
 *
 * <p><b>Promise.</b> Immutable. A type has one descriptor, the same however it is found.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> Those built in, and {@value Linker#TYPES_MAX} of sets.
 */
public final class Types {
  private final TypeRegistry registry;
  private final int count;

  private Types(TypeRegistry registry, int count) {
    this.registry = registry;
    this.count = count;
  }

  /** Those that every server knows, without any set. */
  public static Types builtIn() {
    return of(BuiltInTypes.FILES);
  }

  /** All types of some files, and of what these import; those that are imported come first. */
  static Types of(Collection<FileDescriptor> files) {
    var registry = TypeRegistry.newBuilder();
    files.forEach(file -> registry.add(file.getMessageTypes()));
    int count =
        withImports(files).stream()
            .mapToInt(file -> file.getMessageTypes().stream().mapToInt(Types::count).sum())
            .sum();
    return new Types(registry.build(), count);
  }

  /** Files and all that they import, each once. */
  static Set<FileDescriptor> withImports(Collection<FileDescriptor> files) {
    var found = new LinkedHashSet<FileDescriptor>();
    var open = new ArrayDeque<FileDescriptor>(files);
    for (var file = open.poll(); file != null; file = open.poll()) {
      if (found.add(file)) {
        open.addAll(file.getDependencies());
      }
    }
    return found;
  }

  private static int count(Descriptor type) {
    int own = type.getOptions().getMapEntry() ? 0 : 1;
    return own + type.getNestedTypes().stream().mapToInt(Types::count).sum();
  }

  /** For what looks types up by itself, such as JSON. */
  public TypeRegistry registry() {
    return registry;
  }

  /** The type that the URL of an Any names, such as {@code type.googleapis.com/acme.Copy}. */
  public Optional<Descriptor> find(String typeUrl) {
    int slash = typeUrl.lastIndexOf('/');
    return slash < 0
        ? Optional.empty()
        : Optional.ofNullable(registry.find(typeUrl.substring(slash + 1)));
  }

  /** How many there are; entries of maps are none. */
  public int count() {
    return count;
  }
}
