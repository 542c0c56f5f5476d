package dev.longrunning.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import java.util.Map;
import org.slf4j.Logger;

/**
 * How log lines are written: on standard error, as the settings {@code log.format} and {@code
 * log.level} say. The library finds it by its name in {@code META-INF/services}.
 *
 * <p><b>Promise.</b> Steps back if the library's own property names a file.
 *
 * <p>In code, because the library's parser of XML and the patterns that it has in it take a tenth
 * of a start.
 */
public final class LogConfiguration extends ContextAwareBase implements Configurator {
  /** The system property of the setting {@code log.format}: text or json. */
  public static final String FORMAT = "longrunning.log.format";

  /** The system property of the setting {@code log.level}. */
  public static final String LEVEL = "longrunning.log.level";

  private static final String FILE = "logback.configurationFile";

  /** What third parties say is for people who debug them; a failure reaches us as a result. */
  private static final Map<String, Level> THIRD_PARTIES =
      Map.of("io.vertx", Level.WARN, "io.netty", Level.WARN, "io.vertx.sqlclient", Level.ERROR);

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    if (System.getProperty(FILE) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    loggers.getStatusManager().add(new NopStatusListener());
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(loggers);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(
        started(
            loggers, System.getProperty(FORMAT, "text").equals("json") ? json() : new LogText()));
    appender.start();
    THIRD_PARTIES.forEach((name, level) -> loggers.getLogger(name).setLevel(level));
    var root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(System.getProperty(LEVEL), Level.INFO));
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static Encoder<ILoggingEvent> started(
      LoggerContext loggers, Encoder<ILoggingEvent> encoder) {
    encoder.setContext(loggers);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    var json = new JsonEncoder();
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithContext(false);
    return json;
  }
}
