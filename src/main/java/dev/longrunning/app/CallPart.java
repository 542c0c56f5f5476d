package dev.longrunning.app;

import dev.longrunning.feed.Timers;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.AdmissionSettings;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.OpenStreams;
import dev.longrunning.service.Operations;
import dev.longrunning.service.OperationsSettings;
import dev.longrunning.service.Producer;
import dev.longrunning.service.ProducerSettings;
import dev.longrunning.watch.Hub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What answers the calls of one event loop, as far as it hears of new settings and of the stop:
 * calls that wait are answered, and streams end with UNAVAILABLE, little by little; new ones at
 * once.
 */
record CallPart(
    Operations operations, Producer producer, Hub hub, CallPipeline pipeline, Timers timers)
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
  public void drain(Duration time) {
    operations.drain();
    pipeline.streams().refuse(Problem.stopping());
    new RollingDrain(
            timers,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            () -> ThreadLocalRandom.current().nextDouble(),
            List.of(held(pipeline.streams()), held(operations)))
        .begin(time);
  }

  /** Streams, as they are drained. */
  static RollingDrain.Held held(OpenStreams streams) {
    return new RollingDrain.Held() {
      @Override
      public boolean warn(int max) {
        return streams.tellDraining(max);
      }

      @Override
      public int left() {
        return streams.unstopped();
      }

      @Override
      public void endOldest() {
        streams.stopOldest();
      }
    };
  }

  /** Calls that wait, likewise; nobody can be told while it waits for its answer. */
  static RollingDrain.Held held(Operations operations) {
    return new RollingDrain.Held() {
      @Override
      public boolean warn(int max) {
        return false;
      }

      @Override
      public int left() {
        return operations.unanswered();
      }

      @Override
      public void endOldest() {
        operations.answerOldest();
      }
    };
  }
}
