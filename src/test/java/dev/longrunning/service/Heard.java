package dev.longrunning.service;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.ReceivedSignals.Received;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a producer was told, in order. */
final class Heard implements Demands.Listener {
  final List<OperationKey> cancelled = new ArrayList<>();
  final List<Instant> times = new ArrayList<>();
  final List<String> signals = new ArrayList<>();

  @Override
  public void cancelRequested(OperationKey key, Instant at) {
    cancelled.add(key);
    times.add(at);
  }

  @Override
  public void signalReceived(OperationKey key, Received signal) {
    signals.add(key.name() + ' ' + signal.verb());
  }
}
