package dev.longrunning.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One request of a caller, as it was answered: who, what, how it ended. No payload, no header but
 * the name of the program.
 *
 * @param at when it came
 * @param id of the caller's, or made up
 * @param method empty if it found none
 * @param operation the name in the request; empty if it has none
 * @param code of gRPC; empty if it was refused before there was one
 * @param reason why it failed; empty if it did not, or is not known
 * @param status of HTTP; 0 if its caller left before it was answered
 * @param agent the beginning of what the caller's program calls itself
 */
public record AccessLine(
    Instant at,
    String id,
    String caller,
    String transport,
    String method,
    String operation,
    String code,
    String reason,
    int status,
    long bytesIn,
    long bytesOut,
    long tookNanos,
    String agent)
    implements LogLine {
  @Override
  public String word() {
    return "call";
  }

  @Override
  public Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("id", id);
    facts.put("caller", caller);
    facts.put("transport", transport);
    facts.put("method", method);
    facts.put("operation", operation);
    facts.put("code", code);
    facts.put("reason", reason);
    facts.put("status", status);
    facts.put("bytes_in", bytesIn);
    facts.put("bytes_out", bytesOut);
    facts.put("took_us", TimeUnit.NANOSECONDS.toMicros(tookNanos));
    facts.put("agent", agent);
    return facts;
  }
}
