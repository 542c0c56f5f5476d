package dev.longrunning.bench.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.longrunning.bench.wire.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One member of etcd, with its defaults (every put is on disk before it is answered) and room for 8
 * GiB.
 */
public final class Etcd implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(30);
  private static final long QUOTA_BYTES = 8L << 30;

  private final Program program;
  private final int port;

  private Etcd(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  public static Etcd start(Path work) throws IOException, InterruptedException {
    Files.createDirectories(work);
    int port = Program.freePort();
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + Program.freePort();
    var command =
        List.of(
            "etcd",
            "--data-dir",
            Files.createTempDirectory(work, "etcd-").toString(),
            "--quota-backend-bytes",
            "" + QUOTA_BYTES,
            "--listen-client-urls",
            client,
            "--advertise-client-urls",
            client,
            "--listen-peer-urls",
            peer,
            "--initial-advertise-peer-urls",
            peer,
            "--initial-cluster",
            "default=" + peer,
            "--log-level",
            "error");
    var program = Program.start(work, "etcd", Map.of(), command);
    var etcd = new Etcd(program, port);
    try {
      program.awaitTrue("a leader", START_MAX, etcd::answers);
    } catch (IOException | InterruptedException | RuntimeException e) {
      program.close();
      throw e;
    }
    return etcd;
  }

  /** It listens once it has a leader. */
  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public Program program() {
    return program;
  }

  /** etcdserverpb.KV/Put. */
  public static Call put(String key, byte[] value) {
    return call(
        "/etcdserverpb.KV/Put",
        out -> {
          out.writeString(1, key);
          out.writeByteArray(2, value);
        });
  }

  /** etcdserverpb.KV/Range of one key: linearizable, or from what this member has. */
  public static Call range(String key, boolean linearizable) {
    return call(
        "/etcdserverpb.KV/Range",
        out -> {
          out.writeString(1, key);
          if (!linearizable) {
            out.writeBool(7, true);
          }
        });
  }

  /**
   * etcdserverpb.Watch/Watch, the message that creates a watch of one key, from a revision on if it
   * is not 0.
   */
  public static Call watch(String key, long revision) {
    return watch(key, "", revision);
  }

  /** The same of all keys that begin so. */
  public static Call watchPrefix(String prefix, long revision) {
    int last = prefix.length() - 1;
    return watch(prefix, prefix.substring(0, last) + (char) (prefix.charAt(last) + 1), revision);
  }

  private static Call watch(String key, String end, long revision) {
    Fields create =
        out -> {
          out.writeString(1, key);
          if (!end.isEmpty()) {
            out.writeString(2, end);
          }
          if (revision > 0) {
            out.writeInt64(3, revision);
          }
        };
    return call(
        "/etcdserverpb.Watch/Watch", out -> out.writeBytes(1, ByteString.copyFrom(bytes(create))));
  }

  /** The revision that a put was answered with. */
  public static long revision(byte[] put) throws IOException {
    var in = CodedInputStream.newInstance(put);
    find(in, 1);
    in.pushLimit(in.readRawVarint32());
    find(in, 3);
    return in.readInt64();
  }

  private static void find(CodedInputStream in, int field) throws IOException {
    int tag = in.readTag();
    while (WireFormat.getTagFieldNumber(tag) != field) {
      in.skipField(tag);
      tag = in.readTag();
    }
  }

  /** How many events an answer of a watch holds. */
  public static int events(byte[] answer, int offset, int length) throws IOException {
    var in = CodedInputStream.newInstance(answer, offset, length);
    int events = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      events += WireFormat.getTagFieldNumber(tag) == 11 ? 1 : 0;
      in.skipField(tag);
    }
    return events;
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static Call call(String path, Fields fields) {
    return new Call(path, Map.of(), Call.framed(bytes(fields)));
  }

  private static byte[] bytes(Fields fields) {
    var bytes = new ByteArrayOutputStream();
    try {
      var out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    program.close();
  }
}
