package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LogConfigurationTest {
  private static final String FILE = "logback.configurationFile";

  private final LoggerContext loggers = new LoggerContext();
  private Optional<String> file = Optional.empty();

  @BeforeEach
  void begin() {
    file = Optional.ofNullable(System.getProperty(FILE));
    System.clearProperty(FILE);
  }

  @AfterEach
  void restore() {
    System.clearProperty(LogConfiguration.FORMAT);
    System.clearProperty(LogConfiguration.LEVEL);
    file.ifPresent(name -> System.setProperty(FILE, name));
  }

  private ConsoleAppender<ILoggingEvent> configured() {
    assertThat(new LogConfiguration().configure(loggers))
        .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    var appender = loggers.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
    return (ConsoleAppender<ILoggingEvent>) appender;
  }

  @Test
  void the_library_finds_it() {
    assertThat(ServiceLoader.load(Configurator.class))
        .hasAtLeastOneElementOfType(LogConfiguration.class);
  }

  @Test
  void by_itself_it_writes_text_of_level_info_to_standard_error() {
    var appender = configured();

    assertThat(appender.isStarted()).isTrue();
    assertThat(appender.getTarget()).isEqualTo("System.err");
    assertThat(appender.getEncoder()).isInstanceOf(LogText.class);
    assertThat(loggers.getLogger("dev.longrunning").getEffectiveLevel()).isEqualTo(Level.INFO);
    assertThat(loggers.getLogger("io.netty.channel").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(loggers.getLogger("io.vertx.core").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(loggers.getLogger("io.vertx.sqlclient.impl").getEffectiveLevel())
        .isEqualTo(Level.ERROR);
  }

  @Test
  void the_settings_choose_form_and_level() {
    System.setProperty(LogConfiguration.FORMAT, "json");
    System.setProperty(LogConfiguration.LEVEL, "debug");

    assertThat(configured().getEncoder()).isInstanceOf(JsonEncoder.class);
    assertThat(loggers.getLogger("dev.longrunning").getEffectiveLevel()).isEqualTo(Level.DEBUG);
  }

  @Test
  void a_file_that_the_librarys_own_property_names_wins() {
    System.setProperty(FILE, "other.xml");

    assertThat(new LogConfiguration().configure(loggers))
        .isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
  }
}
