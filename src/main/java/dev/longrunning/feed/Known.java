package dev.longrunning.feed;

/** What the cache has of an operation: never older than what the feed has applied of it. */
sealed interface Known permits State, Known.Outdated {
  /** Grows whenever the cache starts over. */
  long generation();

  /** The operation's version. */
  long version();

  /** Roughly the bytes of heap that this holds. */
  int weight();

  /** The operation changed to this version; what to is not known. */
  record Outdated(long generation, long version) implements Known {
    private static final int WEIGHT = 128;

    @Override
    public int weight() {
      return WEIGHT;
    }
  }
}
