package dev.longrunning.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call that somebody may be asked about later: who did what to what, from where, and how it
 * ended. No payload and no secret.
 *
 * @param principal who called, as proven; empty: nobody who is known
 * @param address from where
 * @param resource the name in the request, or what the caller had no right on; empty: none
 * @param code of gRPC
 * @param reason why it failed; empty if it did not
 * @param permission that was missing; empty: none was
 */
public record AuditLine(
    Instant at,
    String principal,
    String address,
    String transport,
    String method,
    String resource,
    String code,
    String reason,
    String permission)
    implements LogLine {
  @Override
  public String word() {
    return "audit";
  }

  @Override
  public Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("principal", principal);
    facts.put("address", address);
    facts.put("transport", transport);
    facts.put("method", method);
    facts.put("resource", resource);
    facts.put("code", code);
    facts.put("reason", reason);
    facts.put("permission", permission);
    return facts;
  }
}
