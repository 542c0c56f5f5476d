package dev.longrunning.observe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version of Longrunning
 * @param postgres version of the PostgreSQL binaries that travel with it, such as {@code 18.6.0}
 */
public record Build(String version, String postgres) {
  /** Reads what the build wrote into the jar. */
  public static Build load() {
    try (InputStream in = Build.class.getResourceAsStream("/dev/longrunning/build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties is part of every build");
      }
      var properties = new Properties();
      properties.load(in);
      return new Build(properties.getProperty("version"), properties.getProperty("postgres"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
