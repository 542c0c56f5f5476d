package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProtoFilesTest {
  private final ProtoFiles files = new ProtoFiles(List.of(OperationsProto.getDescriptor()));

  private List<ByteString> closure() {
    return files.closure(OperationsProto.getDescriptor(), new HashSet<>());
  }

  @Test
  void a_file_is_serialized_once_whoever_asks_for_it() {
    var first = closure();
    var second = closure();

    assertThat(first.get(0)).isEqualTo(OperationsProto.getDescriptor().toProto().toByteString());
    assertThat(first).hasSizeGreaterThan(3).hasSameSizeAs(second);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).isSameAs(first.get(i));
    }
  }
}
