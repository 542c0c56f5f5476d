package dev.longrunning.watch;

import dev.longrunning.operation.Snapshot;

/** What a watcher is told. Each carries the token that continues the stream right after it. */
public sealed interface Event {
  String token();

  /** The operation was created or changed: its whole newest state. */
  record Changed(Snapshot snapshot, String token) implements Event {}

  /** The operation left what is watched. */
  record Gone(String name, Why why, long version, String token) implements Event {}

  /**
   * Nothing changed, the token advanced.
   *
   * @param synced the watcher now holds everything, as of this token
   * @param stale the database cannot be reached: there may be news
   */
  record Bookmark(boolean synced, boolean stale, String token) implements Event {}

  /**
   * What the watcher holds is to be dropped.
   *
   * @param rewound history is another one; else the token is older than what is remembered
   */
  record Reset(boolean rewound, String token) implements Event {}

  /** Why an operation left. */
  enum Why {
    DELETED,
    EXPIRED,
    /** It does not match the filter any more. */
    FILTERED
  }
}
