package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

final class LogTextTest {
  /** What a line is, in the library's own words. */
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0}"
          + " %replace(%msg %kvp){'[\\r\\n]+', ' '}%n";

  private final LoggerContext loggers = new LoggerContext();
  private final PatternLayout pattern = new PatternLayout();

  @BeforeEach
  void begin() {
    pattern.setContext(loggers);
    pattern.setPattern(PATTERN);
    pattern.start();
  }

  private LoggingEvent event(String logger, Level level, String message, Throwable cause) {
    var event =
        new LoggingEvent("none", loggers.getLogger(logger), level, message, cause, new Object[0]);
    event.setTimeStamp(1_700_000_000_040L);
    return event;
  }

  private static String text(ILoggingEvent event) {
    return new String(new LogText().encode(event), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"})
  void a_line_has_time_level_class_event_and_facts(String level) {
    var event = event("dev.longrunning.feed.Feed", Level.valueOf(level), "feed.begun", null);
    event.setKeyValuePairs(
        List.of(new KeyValuePair("why", "st\nart"), new KeyValuePair("count", 7)));

    assertThat(text(event)).isEqualTo(pattern.doLayout(event));
    assertThat(text(event))
        .isEqualTo(
            "2023-11-14T22:13:20.040Z %-5s Feed feed.begun why=\"st art\" count=\"7\"\n"
                .formatted(level));
  }

  @Test
  void what_breaks_lines_breaks_none() {
    var event = event("Short", Level.INFO, "first\r\n\nsecond\rthird", null);

    assertThat(text(event)).isEqualTo("2023-11-14T22:13:20.040Z INFO  Short first second third\n");
  }

  @Test
  void a_stack_stands_below_its_line() {
    var cause =
        new IllegalStateException("outer", new IllegalArgumentException("inner\nof two lines"));
    cause.addSuppressed(new UnsupportedOperationException());
    var event = event("a.B", Level.ERROR, "call.broke", cause);
    event.setKeyValuePairs(List.of(new KeyValuePair("id", "x")));

    assertThat(text(event)).isEqualTo(pattern.doLayout(event)).contains("\nCaused by: ");
  }
}
