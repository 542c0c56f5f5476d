package dev.longrunning.rest;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.ErrorStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A {@link Problem} as the JSON body of AIP-193. */
final class ErrorBody {
  private ErrorBody() {}

  static String of(int httpStatus, Problem problem, JsonMessages json, JsonStyle style) {
    Status status = ErrorStatus.of(problem);
    var details = new JsonArray();
    for (var detail : status.getDetailsList()) {
      details.add(new JsonObject(json.print(detail, style)));
    }
    var error =
        new JsonObject()
            .put("code", httpStatus)
            .put("message", status.getMessage())
            .put("status", Code.forNumber(status.getCode()).name())
            .put("details", details);
    var body = new JsonObject().put("error", error);
    return style.pretty() ? body.encodePrettily() : body.encode();
  }
}
