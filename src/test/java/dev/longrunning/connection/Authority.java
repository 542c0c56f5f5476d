package dev.longrunning.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Signs certificates, with {@code openssl}. */
public final class Authority {
  private final Path directory;
  private final String name;

  /** Makes one whose files are {@code name.pem} and {@code name.key}. */
  public Authority(Path directory, String name) throws Exception {
    this.directory = directory;
    this.name = name;
    var words = List.of("req", "-x509", "-nodes", "-subj", "/CN=" + name, "-days", "2");
    var all = new ArrayList<>(words);
    all.addAll(key(name));
    all.addAll(List.of("-out", name + ".pem"));
    openssl(all);
  }

  /** Signs one for localhost, into {@code subject.pem} and {@code subject.key}. */
  public void sign(String subject) throws Exception {
    sign(subject, "subjectAltName=DNS:localhost,IP:127.0.0.1");
  }

  /** Signs one with these extensions, a line each. */
  public void sign(String subject, String extensions) throws Exception {
    Files.writeString(directory.resolve("names"), extensions);
    var request = new ArrayList<>(List.of("req", "-nodes", "-subj", "/CN=" + subject));
    request.add("-new");
    request.addAll(key(subject));
    request.addAll(List.of("-out", subject + ".csr"));
    openssl(request);
    var words = List.of("x509", "-req", "-in", subject + ".csr", "-CA", name + ".pem");
    var all = new ArrayList<>(words);
    all.addAll(List.of("-CAkey", name + ".key", "-CAcreateserial", "-extfile", "names"));
    all.addAll(List.of("-days", "2", "-out", subject + ".pem"));
    openssl(all);
  }

  private static List<String> key(String name) {
    return List.of(
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", name + ".key");
  }

  private void openssl(List<String> words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(words);
    var process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("openssl.log").toFile())
            .start();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(command + ": " + Files.readString(directory.resolve("openssl.log")));
    }
  }
}
