package dev.longrunning.rpc;

import dev.longrunning.observe.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/** The rows that every gRPC server has beside its own: health and reflection. */
public final class StandardMethods {
  private StandardMethods() {}

  /**
   * The rows of a server, and the standard ones that tell of all of them.
   *
   * @param own what the server is for
   * @param turns runs each task on the event loop that the rows belong to, in a turn of its own
   */
  public static MethodTable with(List<Row<?, ?>> own, Readiness readiness, Executor turns) {
    return with(own, List.of(), readiness, turns);
  }

  /**
   * The same with rows whose proto files are not known here: reflection does not tell of them.
   *
   * @param foreign methods of services of others
   */
  public static MethodTable with(
      List<Row<?, ?>> own, List<Method<?, ?>> foreign, Readiness readiness, Executor turns) {
    var services = new TreeSet<>(ReflectionMethods.SERVICES);
    services.add(HealthMethods.SERVICE);
    own.forEach(row -> services.add(row.service()));
    var all = new ArrayList<>(own);
    all.addAll(HealthMethods.of(services, readiness, turns));
    all.addAll(ReflectionMethods.of(services, all));
    all.addAll(foreign);
    return MethodTable.of(all);
  }
}
