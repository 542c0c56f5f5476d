package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ContextTurnsTest {
  @Test
  void theLoopLooksAtItsConnectionsBetweenTwoTurns(Vertx vertx) throws Exception {
    var context = vertx.getOrCreateContext();
    var turns = new ContextTurns(context);
    List<String> seen = new ArrayList<>();
    Promise<Integer> listening = Promise.promise();
    Promise<Void> accepted = Promise.promise();
    Promise<List<String>> end = Promise.promise();
    context.runOnContext(
        start ->
            vertx
                .createNetServer()
                .connectHandler(
                    socket -> {
                      socket.handler(bytes -> seen.add("bytes"));
                      accepted.complete();
                    })
                .listen(0, "127.0.0.1")
                .onComplete(server -> listening.complete(server.result().actualPort())));
    int port =
        listening.future().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      accepted.future().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      context.runOnContext(
          turn -> {
            try {
              socket.getOutputStream().write(1);
            } catch (java.io.IOException failure) {
              end.fail(failure);
            }
            turns.next(
                () -> {
                  seen.add("next turn");
                  end.complete(seen);
                });
            context.runOnContext(same -> seen.add("same turn"));
          });
      assertThat(end.future().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .containsExactly("same turn", "bytes", "next turn");
    }
  }
}
