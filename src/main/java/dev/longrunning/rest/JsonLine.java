package dev.longrunning.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.operation.Bytes;

/**
 * Replies of one type as JSON on one line.
 *
 * @param type an empty reply
 */
record JsonLine(JsonMessages json, Message type, boolean enumNumbers) {
  Message message(Bytes reply) {
    try {
      return type.getParserForType().parseFrom(reply.array());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("not a " + type.getDescriptorForType().getFullName(), e);
    }
  }

  String print(Message reply) {
    return json.print(reply, new JsonStyle(false, enumNumbers));
  }

  String print(Bytes reply) {
    return print(message(reply));
  }
}
