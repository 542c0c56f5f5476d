package dev.longrunning.connection;

import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * Where the requests of a connection come from, put into words once.
 *
 * @param address for logs
 * @param network who counts as one caller; see {@link CallerNetwork}
 */
public record Peer(String address, String network) {
  private static final AttributeKey<Peer> KEY = AttributeKey.valueOf(Peer.class.getName());

  /** That of a request. */
  public static Peer of(HttpServerRequest request) {
    var connection = (HttpServerConnection) request.connection();
    var kept = connection.channelHandlerContext().channel().attr(KEY);
    var known = kept.get();
    if (known == null) {
      String address = CallerNetwork.address(request.remoteAddress());
      known = new Peer(address, CallerNetwork.of(address));
      kept.set(known);
    }
    return known;
  }
}
