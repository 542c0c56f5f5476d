package dev.longrunning.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A Chromium without a window, with one page open. */
final class Browser implements AutoCloseable {
  private final Process process;

  private Browser(Process process) {
    this.process = process;
  }

  /** Opens a page; {@code folder} is for what a browser keeps. */
  static Browser open(String url, Path folder) throws IOException {
    var command =
        List.of(
            System.getProperty("chromium", "chromium"),
            "--headless",
            "--disable-gpu",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--user-data-dir=" + folder.resolve("profile"),
            url);
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromium.log").toFile());
    builder.environment().put("TMPDIR", folder.toString());
    return new Browser(builder.start());
  }

  @Override
  public void close() throws InterruptedException {
    var processes = process.descendants().toList();
    process.destroy();
    process.waitFor();
    processes.forEach(ProcessHandle::destroyForcibly);
  }
}
