package dev.longrunning.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which message types may have one type somewhere in them.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> One remembered bit for each message type of the program and the registry.
 */
final class TypeReach {
  private final String wanted;
  private final Map<Descriptor, Boolean> known = new ConcurrentHashMap<>();

  /** Looks for a type by its full name. */
  TypeReach(Descriptor wanted) {
    this.wanted = wanted.getFullName();
  }

  /** Whether this is the type itself, in whatever version. */
  boolean is(Descriptor type) {
    return type.getFullName().equals(wanted);
  }

  boolean mayHold(Descriptor type) {
    var before = known.get(type);
    if (before == null) {
      before = reaches(type);
      known.put(type, before);
    }
    return before;
  }

  /** No recursion: types of sets may hold each other in chains of any length. */
  private boolean reaches(Descriptor from) {
    var seen = new HashSet<Descriptor>();
    var open = new ArrayDeque<Descriptor>();
    open.add(from);
    for (var type = open.poll(); type != null; type = open.poll()) {
      if (is(type)) {
        return true;
      }
      if (seen.add(type)) {
        for (var field : type.getFields()) {
          if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            open.add(field.getMessageType());
          }
        }
      }
    }
    return false;
  }
}
