package dev.longrunning.rpc;

import java.time.Duration;

/**
 * A watch token that a browser keeps for its page, and the page cannot read.
 *
 * @param lifetime in whole seconds
 */
public record WatchCookie(String token, Duration lifetime) {
  public static final String NAME = "longrunning-watch";

  /**
   * The header that sets it, for one path alone: another site can neither have it sent nor read it.
   *
   * @param path of the watch, as it is called
   * @param secure whether it may be sent only where connections are encrypted
   */
  public String header(String path, boolean secure) {
    return NAME
        + '='
        + token
        + "; Path="
        + path
        + "; Max-Age="
        + lifetime.toSeconds()
        + "; HttpOnly; SameSite=Strict"
        + (secure ? "; Secure" : "");
  }
}
