package dev.longrunning.fleet;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Epoch;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the database holds in the end: the whole log, of which nothing was deleted yet, and the
 * table. What neither shows never was, or is lost.
 *
 * @param changes by name and version, with the kind of each
 * @param table the version of what is there, by name
 * @param heads the end of each history but the last, by lane
 */
record Truth(
    Map<String, NavigableMap<Long, Integer>> changes, Map<String, Long> table, List<Head> heads) {
  private static final int DELETED = 6;
  private static final int PURGED = 7;

  /** The last revision of a history in a lane, and the number of its epoch. */
  record Head(long epoch, int lane, long revision) {}

  static Truth of(FleetDatabase database) throws Exception {
    var changes = new HashMap<String, NavigableMap<Long, Integer>>();
    var heads = new HashMap<List<Long>, Head>();
    long newest = 0;
    for (Row row : database.sql("select lane, rev, keys, kinds from longrunning.log")) {
      long revision = row.getLong("rev");
      int lane = row.getShort("lane");
      long epoch = revision >> Epoch.REVISION_BITS;
      newest = Math.max(newest, epoch);
      heads.merge(
          List.of(epoch, (long) lane),
          new Head(epoch, lane, revision),
          (a, b) -> a.revision() > b.revision() ? a : b);
      String[] keys = row.getArrayOfStrings("keys");
      Short[] kinds = row.getArrayOfShorts("kinds");
      for (int i = 0; i < keys.length; i++) {
        changes
            .computeIfAbsent(name(keys[i]), key -> new TreeMap<>())
            .put(revision, (int) kinds[i]);
      }
    }
    var past = new ArrayList<>(heads.values());
    long present = newest;
    past.removeIf(head -> head.epoch() == present);
    past.sort(Comparator.comparing(Head::epoch));
    return new Truth(changes, table(database), past);
  }

  /** The version of what is there, by name. */
  static Map<String, Long> table(FleetDatabase database) throws Exception {
    var table = new HashMap<String, Long>();
    for (Row row : database.sql("select key, version from longrunning.op")) {
      table.put(name(row.getString("key")), row.getLong("version"));
    }
    return table;
  }

  private static String name(String key) {
    return OperationKey.parse(key).name();
  }

  /** Whether this change is part of the history that holds. */
  boolean has(String name, long version) {
    return changes.getOrDefault(name, new TreeMap<>()).containsKey(version);
  }

  boolean isRemoval(String name, long version) {
    Integer kind = changes.getOrDefault(name, new TreeMap<>()).get(version);
    return kind != null && (kind == DELETED || kind == PURGED);
  }

  boolean isPurge(String name, long version) {
    return has(name, version) && changes.get(name).get(version) == PURGED;
  }

  /** Whether it was removed at or after this version. */
  boolean isRemovedFrom(String name, long version) {
    return isRemovedFrom(name, version, true) || isRemovedFrom(name, version, false);
  }

  /** Whether it was purged, or else deleted, at or after this version. */
  boolean isRemovedFrom(String name, long version, boolean purged) {
    int wanted = purged ? PURGED : DELETED;
    return changes.getOrDefault(name, new TreeMap<>()).tailMap(version, true).values().stream()
        .anyMatch(kind -> kind == wanted);
  }

  /** Whether this change can be one of those that a standby lacked when it was promoted. */
  boolean isLost(String name, long version) {
    long epoch = version >> Epoch.REVISION_BITS;
    int lane = OperationKey.of(name).lane();
    return !has(name, version)
        && heads.stream()
            .filter(head -> head.epoch() == epoch && head.lane() == lane)
            .anyMatch(head -> head.revision() < version);
  }
}
