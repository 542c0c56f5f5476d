package dev.longrunning.types;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import com.google.rpc.CodeProto;
import com.google.rpc.ErrorDetailsProto;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.WatchEvent;
import java.util.List;

/** The files whose types every server knows: our own, Google's error details, the well-known. */
final class BuiltInTypes {
  static final List<FileDescriptor> FILES =
      List.of(
          ApiProto.getDescriptor(),
          CodeProto.getDescriptor(),
          EmptyProto.getDescriptor(),
          ErrorDetailsProto.getDescriptor(),
          FieldMaskProto.getDescriptor(),
          OperationsProto.getDescriptor(),
          SourceContextProto.getDescriptor(),
          StructProto.getDescriptor(),
          TypeProto.getDescriptor(),
          WrappersProto.getDescriptor(),
          OperationSnapshot.getDescriptor().getFile(),
          StartOperationRequest.getDescriptor().getFile(),
          WatchEvent.getDescriptor().getFile());

  private BuiltInTypes() {}
}
