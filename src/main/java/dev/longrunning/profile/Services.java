package dev.longrunning.profile;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The services that a server presents itself as.
 *
 * <p><b>Promise.</b> Immutable. At one host no two of them have the same binding.
 */
public final class Services {
  private final List<Profile> profiles;
  private final Candidates all;
  private final Map<String, Candidates> byHost;

  private Services(List<Profile> profiles) {
    this.profiles = List.copyOf(profiles);
    this.all = new Candidates(profiles);
    var hosts = new TreeSet<String>();
    profiles.forEach(profile -> hosts.addAll(profile.hosts()));
    this.byHost =
        hosts.stream()
            .collect(Collectors.toUnmodifiableMap(host -> host, host -> here(profiles, host)));
  }

  private static Candidates here(List<Profile> profiles, String host) {
    return new Candidates(
        profiles.stream().filter(profile -> profile.hosts().contains(host)).toList());
  }

  /** Takes what {@link #faults} finds nothing wrong with; never none. */
  public static Services of(List<Profile> profiles) {
    var faults = faults(profiles);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return new Services(profiles);
  }

  /** Why these cannot be served together, a line each. */
  public static List<String> faults(List<Profile> profiles) {
    var faults = new ArrayList<String>();
    for (int i = 0; i < profiles.size(); i++) {
      for (int j = 0; j < i; j++) {
        var one = profiles.get(j);
        var other = profiles.get(i);
        if (one.id().equals(other.id())) {
          faults.add(both(one, other) + ": two services of one name, " + one.id());
        } else if (shareHost(one, other)) {
          sameBinding(one, other)
              .forEach(
                  place ->
                      faults.add(both(one, other) + ": both bind " + place + " at the same host"));
        }
      }
    }
    return faults;
  }

  private static String both(Profile one, Profile other) {
    return one.source() + " and " + other.source();
  }

  private static boolean shareHost(Profile one, Profile other) {
    return (one.hosts().isEmpty() && other.hosts().isEmpty())
        || one.hosts().stream().anyMatch(other.hosts()::contains);
  }

  /** Paths of ours are derived from the standard ones: it is enough if one side is standard. */
  private static Set<HttpRule.Place> sameBinding(Profile one, Profile other) {
    var same = new LinkedHashSet<HttpRule.Place>();
    same.addAll(common(one, other));
    same.addAll(common(other, one));
    return same;
  }

  private static List<HttpRule.Place> common(Profile one, Profile other) {
    var places = one.bindings().places();
    return other.bindings().standardPlaces().stream().filter(places::contains).toList();
  }

  public List<Profile> profiles() {
    return profiles;
  }

  /** All of them: who calls at a host that is nobody's may mean any. */
  public Candidates all() {
    return all;
  }

  /** Each host of theirs, in lower case, and who answers there. */
  public Map<String, Candidates> hosts() {
    return byHost;
  }

  /** Who may answer at a host, with or without a port; empty: not said. */
  public Candidates at(String authority) {
    String whole = authority.toLowerCase(Locale.ROOT);
    var exact = byHost.get(whole);
    if (exact != null) {
      return exact;
    }
    int colon = whole.lastIndexOf(':');
    return colon < 0 ? all : byHost.getOrDefault(whole.substring(0, colon), all);
  }
}
