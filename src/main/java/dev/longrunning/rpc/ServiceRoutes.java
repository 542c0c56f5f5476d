package dev.longrunning.rpc;

import dev.longrunning.profile.Candidates;
import dev.longrunning.profile.Services;
import io.vertx.core.http.HttpServerRequest;
import java.util.IdentityHashMap;

/**
 * The routes of all services: at the host of one of them only its own.
 *
 * <p><b>Promise.</b> Immutable. Who calls at a host that is nobody's reaches all services.
 */
public final class ServiceRoutes {
  private final Services services;
  private final IdentityHashMap<Candidates, HttpRoutes> routes = new IdentityHashMap<>();

  private ServiceRoutes(Services services) {
    this.services = services;
  }

  /** Compiles the rules of a table, and those that services have for its methods. */
  public static ServiceRoutes of(MethodTable table, Services services) {
    var compiled = new ServiceRoutes(services);
    compiled.routes.put(services.all(), HttpRoutes.of(table, services.all()));
    for (var host : services.hosts().values()) {
      compiled.routes.computeIfAbsent(host, alone -> HttpRoutes.of(table, alone));
    }
    return compiled;
  }

  /** Who may be meant by a request, as far as its authority says. */
  public Candidates services(HttpServerRequest request) {
    var authority = request.authority();
    if (authority == null || services.hosts().isEmpty()) {
      return services.all();
    }
    String port = authority.port() < 0 ? "" : ":" + authority.port();
    return services.at(authority.host() + port);
  }

  /** What answers at a path for these. */
  public HttpRoutes of(Candidates meant) {
    var found = routes.get(meant);
    if (found == null) {
      throw new IllegalArgumentException("candidates of other services");
    }
    return found;
  }
}
