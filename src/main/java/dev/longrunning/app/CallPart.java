package dev.longrunning.app;

import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.AdmissionSettings;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.service.Operations;
import dev.longrunning.service.OperationsSettings;
import dev.longrunning.service.Producer;
import dev.longrunning.service.ProducerSettings;
import dev.longrunning.watch.Hub;
import java.time.Duration;

/**
 * What answers the calls of one event loop, as far as it hears of new settings and of the stop:
 * calls that wait are answered, and streams end with UNAVAILABLE.
 */
record CallPart(Operations operations, Producer producer, Hub hub, CallPipeline pipeline)
    implements LoopParts.Part {
  static OperationsSettings operations(Settings settings) {
    return new OperationsSettings(settings.waitMax(), OperationsSettings.DEFAULT.waitersMax());
  }

  static AdmissionSettings admission(Settings settings) {
    var callers = settings.callers();
    return AdmissionSettings.DEFAULT.withCaller(callers.callsMax(), callers.heldMax());
  }

  static ProducerSettings producer(Settings settings) {
    return new ProducerSettings(settings.retention());
  }

  @Override
  public void apply(Settings settings) {
    operations.apply(operations(settings));
    producer.apply(producer(settings));
    hub.apply(settings.push().hub());
    pipeline.limit(admission(settings));
  }

  @Override
  public void drain(Duration grace) {
    operations.drain();
    pipeline.streams().stop(Problem.stopping());
  }
}
