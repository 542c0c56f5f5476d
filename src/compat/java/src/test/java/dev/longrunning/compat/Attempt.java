package dev.longrunning.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.CancelledException;
import com.google.api.gax.rpc.InvalidArgumentException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.api.gax.rpc.ResourceExhaustedException;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.gax.rpc.UnavailableException;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.longrunning.ListOperationsRequest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** One client's operations, and what it is to do with them. */
record Attempt(Plan plan, Calls calls, boolean grpc, TypeRegistry types, Suite.Making again) {
  private static final int PAGE = 2;
  private static final long SECONDS = 60;
  private static final String SOON = "&soon=1";

  /** A thing that is tried; what it answers is a note about it, empty if there is none. */
  interface Thing {
    String tryIt() throws Exception;
  }

  String get() throws Exception {
    String name = plan.text("get");
    var running = calls.get().apply(name);
    assertThat(running.getName()).isEqualTo(name);
    assertThat(running.getDone()).isFalse();
    assertThat(json(running.getMetadata())).isEqualTo(plan.metadata("get"));
    plan.end(name, "");
    var done = calls.get().apply(name);
    assertThat(done.getDone()).isTrue();
    var response = json(done.getResponse());
    // Of an Empty, which has no fields, this form says so.
    if (plan.response().get("@type").getAsString().endsWith(".Empty")) {
      response.remove("value");
    }
    assertThat(response).isEqualTo(plan.response());
    return "";
  }

  String list() {
    var names = plan.texts("names");
    var wanted = new ArrayList<List<String>>();
    for (int i = 0; i < names.size(); i += PAGE) {
      wanted.add(names.subList(i, Math.min(i + PAGE, names.size())));
    }
    assertThat(calls.list().apply(listed(PAGE))).isEqualTo(wanted);
    return "";
  }

  String waits() throws Exception {
    plan.end(plan.text("wait"), SOON);
    var done = calls.waits().orElseThrow().apply(plan.text("wait"));
    assertThat(done.getDone()).isTrue();
    return "";
  }

  String future() throws Exception {
    var future = calls.follow().apply(plan.text("future"));
    assertThat(future.getName()).isEqualTo(plan.text("future"));
    plan.end(plan.text("future"), SOON);
    var response = future.get(SECONDS, TimeUnit.SECONDS);
    assertThat(json(response)).isEqualTo(fields(plan.response()));
    var metadata = future.getMetadata().get(SECONDS, TimeUnit.SECONDS);
    assertThat(json(metadata)).isEqualTo(fields(plan.metadata("future")));

    var failing = calls.follow().apply(plan.text("failing"));
    plan.end(plan.text("failing"), SOON + "&how=error");
    var failure =
        catchThrowableOfType(
            ExecutionException.class, () -> failing.get(SECONDS, TimeUnit.SECONDS));
    if (!grpc && failure.getCause() instanceof CancelledException) {
      // The registry that the library reads JSON with has the service's types and no others.
      assertThat(failure.getCause()).hasStackTraceContaining("google.rpc.ErrorInfo");
      return "client has no error types";
    }
    assertThat(failure.getCause()).isInstanceOf(ResourceExhaustedException.class);
    assertThat(failure.getCause()).hasMessageContaining("Quota exceeded.");
    var details = ((ApiException) failure.getCause()).getErrorDetails();
    assertThat(details.getErrorInfo().getReason()).isEqualTo("RATE_LIMIT_EXCEEDED");
    assertThat(details.getRetryInfo().getRetryDelay().getSeconds()).isEqualTo(37);
    return "";
  }

  String cancel() throws Exception {
    String name = plan.text("cancel");
    calls.cancel().accept(name);
    assertThat(calls.get().apply(name).getDone()).isFalse();
    plan.heard(name);
    assertThat(calls.get().apply(name).getError().getCode()).isEqualTo(1);
    return "";
  }

  String delete() {
    String name = plan.text("delete");
    calls.delete().accept(name);
    var gone = catchThrowableOfType(NotFoundException.class, () -> calls.get().apply(name));
    assertThat(gone.getReason()).isEqualTo("OPERATION_DELETED");
    return "";
  }

  String errors() throws Exception {
    String name = plan.text("absent");
    var absent = catchThrowableOfType(NotFoundException.class, () -> calls.get().apply(name));
    assertThat(absent.getReason()).isEqualTo("OPERATION_NOT_FOUND");
    assertThat(absent.getDomain()).isEqualTo("longrunning.dev");
    var bad =
        catchThrowableOfType(InvalidArgumentException.class, () -> calls.list().apply(listed(-1)));
    var violations = bad.getErrorDetails().getBadRequest().getFieldViolationsList();
    assertThat(violations).hasSize(1);
    assertThat(violations.get(0).getField()).isEqualTo(grpc ? "page_size" : "pageSize");
    if (!plan.text("unavailable").isEmpty()) {
      try (var other = again.at(plan.text("unavailable"))) {
        var away = catchThrowableOfType(UnavailableException.class, () -> other.get().apply(name));
        assertThat(away.getReason()).isEqualTo("DATABASE_UNAVAILABLE");
        var pause = away.getErrorDetails().getRetryInfo().getRetryDelay();
        assertThat(pause.getSeconds()).isEqualTo(1);
      }
    }
    return "";
  }

  /** Sees that a method which the service lacks is refused as a method. */
  void refused(Thing thing) throws Exception {
    var failure = catchThrowableOfType(ApiException.class, thing::tryIt);
    if (grpc) {
      assertThat(failure.getStatusCode().getCode()).isEqualTo(StatusCode.Code.UNIMPLEMENTED);
    } else {
      assertThat(failure.getReason()).isIn("UNIMPLEMENTED", "NO_SUCH_PATH");
    }
  }

  private ListOperationsRequest listed(int size) {
    return ListOperationsRequest.newBuilder()
        .setName(plan.text("parent"))
        .setFilter(plan.text("filter"))
        .setPageSize(size)
        .build();
  }

  private JsonObject json(Message message) throws InvalidProtocolBufferException {
    var printed = JsonFormat.printer().usingTypeRegistry(types).print(message);
    return JsonParser.parseString(printed).getAsJsonObject();
  }

  private static JsonObject fields(JsonObject any) {
    var fields = any.deepCopy();
    fields.remove("@type");
    return fields;
  }
}
