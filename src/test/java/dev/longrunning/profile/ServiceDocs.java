package dev.longrunning.profile;

import java.util.Set;
import java.util.TreeSet;

/** What {@code docs/services.md} must have. */
public final class ServiceDocs {
  private ServiceDocs() {}

  /** The keys of the section that is ours. */
  public static Set<String> keys() {
    var keys = new TreeSet<String>();
    OwnSection.LIST_KEYS.forEach(key -> keys.add("list." + key));
    OwnSection.COLLECTION_KEYS.forEach(key -> keys.add("collection." + key));
    OwnSection.KEYS.stream()
        .filter(key -> !key.equals("list") && !key.equals("collection"))
        .forEach(keys::add);
    return keys;
  }
}
