package dev.longrunning.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.types.Types;
import dev.longrunning.v1.WatchEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StreamFormsTest {
  private final JsonMessages json = new JsonMessages(Types.builtIn().registry());

  private StreamForm form(StreamMedia media) {
    return json.streams().of(WatchEvent.getDefaultInstance(), media, false);
  }

  @Test
  void a_reply_is_encoded_once_for_all_streams_that_look_alike() {
    var reply = StreamReply.of(WatchEvent.newBuilder().setResumeToken("t").build());

    for (var media : StreamMedia.values()) {
      assertThat(reply.in(form(media).next())).isSameAs(reply.in(form(media).next()));
      assertThat(reply.in(form(media).first())).isSameAs(reply.in(form(media).first()));
    }
  }

  @Test
  void each_look_of_each_type_has_one_form_whoever_asks_first() {
    Set<StreamForm> forms = new HashSet<>();
    for (var type : List.of(WatchEvent.getDefaultInstance(), Operation.getDefaultInstance())) {
      for (var media : StreamMedia.values()) {
        for (boolean numbers : List.of(false, true)) {
          var asked =
              IntStream.range(0, 8)
                  .mapToObj(
                      i ->
                          CompletableFuture.supplyAsync(
                              () -> json.streams().of(type, media, numbers)))
                  .toList();
          asked.forEach(form -> forms.add(form.join()));
        }
      }
    }

    assertThat(forms).hasSize(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|JSON",
        "*/*|JSON",
        "application/json|JSON",
        "application/x-ndjson|LINES",
        "text/event-stream|EVENTS",
        "text/*|EVENTS",
        "application/*|JSON",
        "application/*;q=0.5, application/json;q=0.1|LINES",
        "text/event-stream, */*|EVENTS",
        "*/*, application/x-ndjson|LINES",
        "application/x-ndjson, text/event-stream|LINES",
        "text/event-stream;q=0.9, application/x-ndjson;q=0.91|LINES",
        "text/event-stream;level=1;q=0.2, application/json;q=0.1|EVENTS",
        "*/*, application/json;q=0|LINES",
        "text/event-stream;q=x, application/json;q=0.001|JSON",
        "text/html|",
        "*/*;q=0|",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2|JSON",
        "text/event-stream;q=.3, application/json;q=.2999|EVENTS",
        "text/event-stream;q=1.9, application/json;q=1|EVENTS",
        "application/json;q=., application/x-ndjson;q=1.|LINES",
        "application/json;q=0.0001|",
        "x/y;q=1;q=0, a/b|"
      })
  void what_accept_asks_for(String accept, StreamMedia wanted) {
    assertThat(StreamMedia.wanted("", List.of(accept))).isEqualTo(Optional.ofNullable(wanted));
  }
}
