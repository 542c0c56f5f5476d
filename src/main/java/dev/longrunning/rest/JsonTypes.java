package dev.longrunning.rest;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.WrappersProto;
import com.google.rpc.CodeProto;
import com.google.rpc.ErrorDetailsProto;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.WatchEvent;
import java.util.List;

/** The message types that JSON shows field by field; all others are shown as bytes. */
public final class JsonTypes {
  private static final List<FileDescriptor> BUILT_IN =
      List.of(
          CodeProto.getDescriptor(),
          EmptyProto.getDescriptor(),
          ErrorDetailsProto.getDescriptor(),
          FieldMaskProto.getDescriptor(),
          OperationsProto.getDescriptor(),
          StructProto.getDescriptor(),
          WrappersProto.getDescriptor(),
          OperationSnapshot.getDescriptor().getFile(),
          StartOperationRequest.getDescriptor().getFile(),
          WatchEvent.getDescriptor().getFile());

  private JsonTypes() {}

  /** Our own, Google's error details and the well-known types; others may be added. */
  public static TypeRegistry.Builder builtIn() {
    var types = TypeRegistry.newBuilder();
    BUILT_IN.forEach(file -> types.add(file.getMessageTypes()));
    return types;
  }
}
