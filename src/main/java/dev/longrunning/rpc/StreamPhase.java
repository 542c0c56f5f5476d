package dev.longrunning.rpc;

/** How far an {@link OpenStream} is; it goes from each to a later one. */
enum StreamPhase {
  /** Its request is still coming in. */
  WAITING,
  OPEN,
  /** Only queued replies and the status are still to go out. */
  ENDING,
  OVER
}
