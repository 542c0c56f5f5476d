package dev.longrunning.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The rights of those who called lately, under the policy that holds.
 *
 * <p><b>Promise.</b> Whatever credential a caller shows, and however often it is renewed, its
 * rights are kept once.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> {@value #RESOURCES_MAX} resources of all of them together, some 20 MB; those
 * who have not called for longest are worked out anew.
 */
public final class KeptRights {
  static final int RESOURCES_MAX = 250_000;

  private record Who(String principal, Set<String> groups) {}

  private final Supplier<Policy> policies;
  private final LinkedHashMap<Who, Rights> kept = new LinkedHashMap<>(16, 0.75f, true);
  private Policy policy;
  private long weight;

  /** Keeps none yet; {@code policies} has the one that holds now. */
  public KeptRights(Supplier<Policy> policies) {
    this.policies = policies;
    this.policy = policies.get();
  }

  /** Another one whenever what callers may do may have changed. */
  public Policy policy() {
    return policies.get();
  }

  /** What a caller may do now. */
  public Rights of(Identity caller) {
    var newest = policies.get();
    if (!newest.equals(policy)) {
      policy = newest;
      kept.clear();
      weight = 0;
    }
    var who = new Who(caller.principal(), caller.groups());
    var rights = kept.get(who);
    if (rights == null) {
      rights = newest.rights(caller);
      kept.put(who, rights);
      weight += rights.weight();
      forget();
    }
    return rights;
  }

  private void forget() {
    var oldest = kept.entrySet().iterator();
    while (weight > RESOURCES_MAX && kept.size() > 1) {
      Map.Entry<Who, Rights> gone = oldest.next();
      weight -= gone.getValue().weight();
      oldest.remove();
    }
  }
}
