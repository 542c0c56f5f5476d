package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class JvmOptionsTest {
  private static final Pattern FLAG = Pattern.compile("<jvmFlag>(.*)</jvmFlag>");

  /** The image has a JVM that knows all of them. */
  private static final String FOR_OLDER_ONES = "-XX:+IgnoreUnrecognizedVMOptions";

  @Test
  void the_start_script_and_the_image_give_the_same_options() throws IOException {
    var script = new ArrayList<>(Files.readAllLines(Path.of("bin/jvm.options")));
    script.removeIf(line -> line.startsWith("#") || line.equals(FOR_OLDER_ONES));
    var image =
        FLAG.matcher(Files.readString(Path.of("pom.xml"))).results().map(flag -> flag.group(1));

    assertThat(image).containsExactlyElementsOf(script).hasSizeGreaterThan(5);
  }
}
