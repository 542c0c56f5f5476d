package dev.longrunning.profile;

import dev.longrunning.operation.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which services a call may be for, as far as its authority and its path say.
 *
 * <p><b>Promise.</b> What a call names decides among them: the service whose form of names is the
 * most exact one; of equals the one that answers at any host. If that is still not one service, the
 * call is refused with {@link Problem} INVALID that says which hosts to use.
 *
 * @param profiles never none
 * @param sayable those that a request may name itself: more, where only its path says something
 */
public record Candidates(List<Profile> profiles, List<Profile> sayable) {
  public Candidates {
    profiles = List.copyOf(profiles);
    sayable = List.copyOf(sayable);
    if (profiles.isEmpty()) {
      throw new IllegalArgumentException("a call for no service");
    }
  }

  /** Any of these. */
  public Candidates(List<Profile> profiles) {
    this(profiles, profiles);
  }

  /** One of them, by its path; a request may still name another. */
  public Candidates by(Profile one) {
    return new Candidates(List.of(one), sayable);
  }

  /** All of several. */
  public static Candidates all(List<Candidates> several) {
    return new Candidates(
        several.stream().flatMap(each -> each.profiles().stream()).distinct().toList(),
        several.stream().flatMap(each -> each.sayable().stream()).distinct().toList());
  }

  /** Those for which {@code has} holds; empty: none is meant. */
  public Optional<Candidates> having(Predicate<Profile> has) {
    var left = profiles.stream().filter(has).toList();
    return left.isEmpty() ? Optional.empty() : Optional.of(new Candidates(left));
  }

  public Candidates and(Candidates others) {
    return all(List.of(this, others));
  }

  public boolean overlaps(Candidates others) {
    return profiles.stream().anyMatch(others.profiles::contains);
  }

  /** The one that answers at any host; throws if it is not just one. */
  public Profile anywhere() {
    return anywhere(profiles);
  }

  /** The service of an operation, whose name is of one of its forms. */
  public Profile ofOperation(String service, String field, String name) {
    var found = meantByOperation(service, name);
    found.names().checked(field, name);
    return found;
  }

  /** The service that is meant by the name of an operation, whether it is of its forms or not. */
  public Profile meantByOperation(String service, String name) {
    var among = among(service);
    return among.size() == 1
        ? among.get(0)
        : best(among, p -> p.names().form(name)).orElse(first(among));
  }

  /** The service of a collection, or of several. */
  public Profile ofCollection(String service, String name) {
    var among = among(service);
    return among.size() == 1
        ? among.get(0)
        : best(among, p -> p.lists().form(name)).orElse(first(among));
  }

  /** Whoever is left; what is wrong with the name is said by its rules. */
  private static Profile first(List<Profile> among) {
    return among.stream().filter(p -> p.hosts().isEmpty()).findFirst().orElse(among.get(0));
  }

  private List<Profile> among(String service) {
    if (service.isEmpty()) {
      return profiles;
    }
    return sayable.stream()
        .filter(profile -> profile.id().equals(service))
        .findFirst()
        .map(List::of)
        .orElseThrow(
            () ->
                Problem.invalid(
                    "service",
                    service,
                    sayable.stream().map(Profile::id).collect(Collectors.joining(", "))
                        + " or nothing"));
  }

  private static Optional<Profile> best(
      List<Profile> among, Function<Profile, Optional<PathTemplate>> form) {
    var best = new ArrayList<Profile>();
    PathTemplate exact = null;
    for (var profile : among) {
      var own = form.apply(profile);
      if (own.isEmpty()) {
        continue;
      }
      int order = exact == null ? -1 : own.get().compareTo(exact);
      if (order < 0) {
        best.clear();
        exact = own.get();
      }
      if (order <= 0) {
        best.add(profile);
      }
    }
    if (best.size() < 2) {
      return best.stream().findFirst();
    }
    return Optional.of(anywhere(best));
  }

  private static Profile anywhere(List<Profile> among) {
    var anywhere = among.stream().filter(profile -> profile.hosts().isEmpty()).toList();
    if (anywhere.size() == 1) {
      return anywhere.get(0);
    }
    throw Problem.invalid("host", "one that is no service's", hosts(among));
  }

  private static String hosts(List<Profile> profiles) {
    return profiles.stream()
        .map(profile -> String.join(", ", profile.hosts()) + " for " + profile.id())
        .collect(Collectors.joining(", or "));
  }
}
