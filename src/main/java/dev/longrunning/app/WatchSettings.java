package dev.longrunning.app;

import dev.longrunning.observe.LineLog;
import dev.longrunning.observe.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What is said of the server and its calls, besides metrics.
 *
 * @param level of the log lines
 * @param access how each request is logged; empty: it is not
 * @param audit how calls that others may ask about are
 * @param traces where they are sent to; empty: nowhere
 * @param traceRatio of the traces that begin here, 0 to 1
 * @param traceHeaders what is sent along with traces
 */
record WatchSettings(
    LogLevel level,
    Optional<LineLog.Format> access,
    AuditForm audit,
    Optional<String> traces,
    double traceRatio,
    Map<String, Secret> traceHeaders) {
  /** Which log lines are written. */
  enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** How the audit log looks. */
  enum AuditForm {
    /** Text where callers are known, nothing where everybody may do everything. */
    AUTO,
    OFF,
    TEXT,
    JSON;

    Optional<LineLog.Format> format(boolean callersKnown) {
      return switch (this) {
        case OFF -> Optional.empty();
        case TEXT -> Optional.of(LineLog.Format.TEXT);
        case JSON -> Optional.of(LineLog.Format.JSON);
        case AUTO -> callersKnown ? Optional.of(LineLog.Format.TEXT) : Optional.empty();
      };
    }
  }

  private static final String OFF = "off";
  private static final int HEADERS_MAX = 16;
  private static final Pattern URL =
      Pattern.compile(
          "https?://([A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]+])(:[0-9]{1,5})?/[A-Za-z0-9._~/-]*");
  private static final Pattern RATIO = Pattern.compile("0|1|0\\.[0-9]{1,6}|1\\.0{1,6}");
  private static final Pattern HEADER = Pattern.compile("([A-Za-z0-9-]{1,64})=([\\x21-\\x7e ]*)");

  static final Setting<LogLevel> LEVEL =
      new Setting<>(
          "log.level", "info", "error, warn, info or debug", SettingParsers.word(LogLevel.class));
  static final Setting<Optional<LineLog.Format>> ACCESS =
      new Setting<>(
          "log.access", OFF, "off, text or json", offOr(SettingParsers.word(LineLog.Format.class)));
  static final Setting<AuditForm> AUDIT =
      new Setting<>(
          "log.audit", "auto", "auto, off, text or json", SettingParsers.word(AuditForm.class));
  static final Setting<Optional<String>> TRACES =
      new Setting<>(
          "traces.endpoint",
          OFF,
          "off, or a URL such as http://127.0.0.1:4318/v1/traces",
          offOr(WatchSettings::url));
  static final Setting<Double> TRACES_RATIO =
      new Setting<>("traces.ratio", "0.01", "0..1", WatchSettings::ratio);
  static final Setting<Map<String, Secret>> TRACES_HEADERS =
      new Setting<>(
              "traces.headers",
              "",
              "up to 16 of NAME=VALUE, separated by commas",
              WatchSettings::headers)
          .withSecretValues();

  static final List<Setting<?>> ALL =
      List.of(LEVEL, AUDIT, ACCESS, TRACES, TRACES_RATIO, TRACES_HEADERS);

  WatchSettings {
    traceHeaders = Map.copyOf(traceHeaders);
  }

  static WatchSettings read(SettingSources sources) {
    return new WatchSettings(
        sources.get(LEVEL),
        sources.get(ACCESS),
        sources.get(AUDIT),
        sources.get(TRACES),
        sources.get(TRACES_RATIO),
        sources.get(TRACES_HEADERS));
  }

  private static <T> Function<String, Optional<Optional<T>>> offOr(
      Function<String, Optional<T>> parser) {
    return text -> {
      Optional<T> value = text.equals(OFF) ? Optional.empty() : parser.apply(text);
      return text.equals(OFF) || value.isPresent() ? Optional.of(value) : Optional.empty();
    };
  }

  private static Optional<String> url(String text) {
    return Optional.of(text).filter(value -> URL.matcher(value).matches());
  }

  private static Optional<Double> ratio(String text) {
    return RATIO.matcher(text).matches() ? Optional.of(Double.parseDouble(text)) : Optional.empty();
  }

  private static Optional<Map<String, Secret>> headers(String text) {
    var headers = new LinkedHashMap<String, Secret>();
    for (String item : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      var header = HEADER.matcher(item.strip());
      if (!header.matches()
          || headers.put(header.group(1), Secret.of(header.group(2).strip())) != null) {
        return Optional.empty();
      }
    }
    return headers.size() <= HEADERS_MAX ? Optional.of(headers) : Optional.empty();
  }
}
