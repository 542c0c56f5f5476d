package dev.longrunning.types;

import com.google.protobuf.Descriptors.Descriptor;
import org.jspecify.annotations.Nullable;

/** Which types of messages are known at the moment. */
@FunctionalInterface
public interface TypeLookup {
  /** The type of a full name; null: it is not known. */
  @Nullable Descriptor find(String fullName);
}
