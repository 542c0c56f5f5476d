package dev.longrunning.rest;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.Intake;
import dev.longrunning.rpc.OpenStream;
import dev.longrunning.rpc.StatusTable;
import dev.longrunning.rpc.StreamMethod;
import org.jspecify.annotations.Nullable;

/**
 * One request for a stream, from its headers until it is open; {@link StreamAnswer} is what its
 * caller gets.
 *
 * <p><b>Promise.</b> Whatever is wrong with the request is an ordinary error, and no stream opens.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Those of {@link RestCall} for its body.
 */
final class RestStream<Q extends Message> implements Intake.Taker {
  private final StreamMethod<Q, ?> method;
  private final RestRequest<Q> said;
  private final CallPipeline pipeline;
  private final JsonMessages json;
  private final String resumeToken;
  private final StreamForm form;
  private final Intake intake;

  /** Null until the request is there whole. */
  private @Nullable OpenStream<Q> stream;

  /** Null as long as {@link #stream} is. */
  private @Nullable StreamAnswer answer;

  /** Throws a {@link Problem} if the id of the last event is not as it must be. */
  RestStream(
      StreamMethod<Q, ?> method, RestRequest<Q> said, StreamMedia media, RestTransport transport) {
    this.method = method;
    this.said = said;
    this.pipeline = transport.pipeline();
    this.json = transport.json();
    this.resumeToken =
        media == StreamMedia.EVENTS
            ? ResumeToken.parse(said.http().getHeader(ResumeToken.HEADER))
            : "";
    this.form = json.streams().of(method.response(), media, said.style().enumNumbers());
    this.intake =
        transport.intakes().of(said.http(), said.call().caller(), RequestBody.BYTES_MAX, this);
  }

  void begin() {
    intake.begin(said.call().deadline());
  }

  @Override
  public void taken() {
    var fault = said.bodyFault(intake.body());
    if (fault.isPresent()) {
      refuse(415, unread(fault.get()));
      return;
    }
    Q message;
    try {
      message = message();
    } catch (Problem wrong) {
      pipeline
          .<Q>refusal(method, said.call(), said.source(this::message), wrong)
          .onFailure(this::refuseRead);
      return;
    } catch (Throwable failure) {
      // Also an Error: its caller waits for an answer like any other.
      refuseRead(failure);
      return;
    }
    open(message);
  }

  private void refuseRead(Throwable failure) {
    var told = unread(failure);
    refuse(StatusTable.http(told.kind()), told);
  }

  private Q message() {
    var builder = said.message(RequestBody.text(intake.body()));
    intake.release();
    ResumeToken.put(resumeToken, builder);
    return method.built(builder);
  }

  /** What goes wrong from here on, {@link OpenStream} answers. */
  private void open(Q message) {
    var made = new StreamAnswer(said.http(), form, said.style(), json);
    var opening = pipeline.stream(method, said.call(), made);
    answer = made;
    stream = opening;
    made.isOf(opening);
    opening.begin();
    opening.open();
    opening.request(message);
    opening.halfClosed();
  }

  @Override
  public void refused(Problem problem) {
    refuse(RestRequest.bodyStatus(problem), unread(problem));
  }

  private Problem unread(Throwable failure) {
    return pipeline.refused(method, said.call(), said.begun(), failure);
  }

  private void refuse(int status, Problem problem) {
    intake.release();
    new RestAnswer(said.http(), json).fail(status, problem, said.style());
  }

  @Override
  public void gone() {
    if (stream == null || answer == null) {
      unread(Problem.cancelled());
      said.leave();
      return;
    }
    answer.leave();
    if (stream.left()) {
      said.leave();
    }
  }
}
