package dev.longrunning.filter;

import dev.longrunning.operation.Bytes;

/**
 * Opens the messages that operations carry as bytes.
 *
 * <p><b>Promise.</b> Never throws: of a type that is not known, or bytes that are not of their
 * type, there is nothing but {@code @type}.
 */
public interface Payloads {
  /** A serialized {@code google.protobuf.Any}: the fields of what is packed, and {@code @type}. */
  Value any(Bytes any);

  /** A serialized {@code google.rpc.Status}. */
  Value status(Bytes status);
}
