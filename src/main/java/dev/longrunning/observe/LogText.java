package dev.longrunning.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A log event as a line of text: time, level, class, what happened, and its facts in quotes.
 *
 * <p><b>Promise.</b> One line an event, whatever is in it, and below it the stack if one belongs to
 * it.
 *
 * <p><b>Threads.</b> Any.
 */
final class LogText extends EncoderBase<ILoggingEvent> {
  private static final Pattern BREAKS = Pattern.compile("[\r\n]+");
  private static final int LEVEL_LENGTH = 5;
  private static final byte[] NONE = {};

  @Override
  public byte[] encode(ILoggingEvent event) {
    var line = new StringBuilder(160);
    LogLine.TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(Math.max(0, LEVEL_LENGTH - level.length())));
    String logger = event.getLoggerName();
    line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length());
    line.append(' ').append(BREAKS.matcher(said(event)).replaceAll(" ")).append('\n');
    if (event.getThrowableProxy() != null) {
      line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String said(ILoggingEvent event) {
    var said = new StringBuilder(96).append(event.getFormattedMessage());
    var facts = event.getKeyValuePairs();
    if (facts != null) {
      facts.forEach(
          fact -> said.append(' ').append(fact.key).append("=\"").append(fact.value).append('"'));
    }
    return said.toString();
  }

  @Override
  public byte[] headerBytes() {
    return NONE;
  }

  @Override
  public byte[] footerBytes() {
    return NONE;
  }
}
