package dev.longrunning.rpc;

import dev.longrunning.auth.Requirement;
import dev.longrunning.profile.Access;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What callers need, by method and service.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> One requirement a method and service, or a path of theirs.
 */
final class Requirements {
  private record Place(String method, String permission, String service, int path) {}

  private final Map<Place, Requirement> known = new HashMap<>();

  /**
   * What is needed for a method of a service.
   *
   * @param guard of the row, for what is called
   * @param name what is called: some services ask for something else by its form
   */
  Requirement of(Row<?, ?> row, Guard<?> guard, Profile service, String name) {
    String method = guard.like().map(StandardMethod::fullName).orElse(row.fullName());
    var access = service.access(method);
    var path =
        access.filter(a -> a.combine() == Access.Combine.BINDING).isPresent()
            ? service.bindings().path(method, name, name + "/operations")
            : OptionalInt.empty();
    var place = new Place(row.fullName(), guard.permission(), service.id(), path.orElse(-1));
    return known.computeIfAbsent(place, first -> of(guard, access, path));
  }

  /** What is needed for a method wherever it is called. */
  Requirement of(Row<?, ?> row) {
    return known.computeIfAbsent(
        new Place(row.fullName(), row.guard().permission(), "", -1),
        first -> of(row.guard(), Optional.empty(), OptionalInt.empty()));
  }

  private static Requirement of(Guard<?> guard, Optional<Access> access, OptionalInt path) {
    String permission = guard.permission();
    return access
        .map(asked -> Requirement.of(permission, asked, path))
        .orElseGet(() -> Requirement.of(permission));
  }
}
