package dev.longrunning.app;

import dev.longrunning.auth.WatchTokens;
import dev.longrunning.feed.State;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.feed.VertxTimers;
import dev.longrunning.filter.Filters;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.observe.Readiness;
import dev.longrunning.profile.Services;
import dev.longrunning.rpc.AuditRecorder;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.ContextTurns;
import dev.longrunning.rpc.Gate;
import dev.longrunning.rpc.IntakeSettings;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.MintMethod;
import dev.longrunning.rpc.OperationsMethods;
import dev.longrunning.rpc.ProducerMethods;
import dev.longrunning.rpc.ReportMethod;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.SignalMethods;
import dev.longrunning.rpc.StandardMethods;
import dev.longrunning.rpc.StreamSettings;
import dev.longrunning.rpc.WatcherMethods;
import dev.longrunning.service.Operations;
import dev.longrunning.service.Producer;
import dev.longrunning.service.Reports;
import dev.longrunning.service.WriteTurns;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * How what answers the calls of one event loop is put together: the use cases, the table of
 * methods, the pipeline.
 *
 * @param parts where the loop's part hears of settings and of the stop
 * @param peaks where its queues tell how full they have been
 * @param services that the server presents itself as
 * @param filters how the filters of calls are read
 * @param callers who they are, and what they may do
 * @param live the settings that hold now
 */
record CallWiring(
    Observation observation,
    Readiness readiness,
    LoopParts parts,
    List<Supplier<List<QueuePeak>>> peaks,
    InstantSource clock,
    Services services,
    Filters filters,
    CallerWiring callers,
    Supplier<Settings> live) {

  /** What answers the calls of one event loop; made on it. */
  ApiPort.Service service(Vertx vertx, Backend backend) {
    var now = live.get();
    var timers = new VertxTimers(vertx);
    var view = backend.feed().view(VertxLoop.current(vertx), backend.store());
    var states = observation.states(view.states());
    var store = observation.store(backend.store());
    var operations =
        new Operations(
            states, store, backend.keys()::ring, clock, timers, CallPart.operations(now));
    peaks.add(() -> List.of(operations.peak()));
    observation.watch(operations);
    var producer = new Producer(states, store, clock, UUID::randomUUID, CallPart.producer(now));
    var hub = backend.hub(view, timers, now.push().hub());
    List<Row<?, ?>> own = new ArrayList<>(OperationsMethods.of(operations, filters, clock));
    own.addAll(ProducerMethods.of(producer));
    own.addAll(WatcherMethods.of(hub, filters));
    var watchTokens = new WatchTokens(backend.keys()::ring, clock);
    own.add(MintMethod.of(watchTokens, callers.policy(), clock));
    var loop = vertx.getOrCreateContext();
    var turns = WriteTurns.ofOneLoopOf(now.eventLoops(), System::nanoTime);
    var reports = new Reports.Service(producer, states, timers, turns);
    var gate = new Gate(callers.policy(), key -> states.strong(key).map(State::collection), clock);
    own.add(ReportMethod.of(reports, loop, gate, observation.audit(), observation.metrics()));
    var signals = SignalMethods.of(operations, services);
    var table = StandardMethods.with(own, signals, readiness, new ContextTurns(loop)::next);
    var pipeline =
        new CallPipeline(
            vertx,
            clock,
            () -> UUID.randomUUID().toString(),
            CallPart.admission(now),
            StreamSettings.DEFAULT,
            gate,
            new AuditRecorder(observation.recorder(vertx), observation.audit()));
    peaks.add(() -> List.of(pipeline.streams().peak()));
    observation.watch(pipeline);
    parts.add(loop, new CallPart(operations, producer, hub, pipeline, timers));
    var intakes = new Intakes(vertx, clock, IntakeSettings.DEFAULT);
    return new ApiPort.Service(
        table, services, pipeline, callers.ofThisLoop(vertx, watchTokens), intakes, clock);
  }
}
