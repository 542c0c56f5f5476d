package dev.longrunning.watch;

/** One open watch, as who opened it sees it. */
public interface Watch {
  /** The outlet is ready again. */
  void ready();

  /** Sends the newest token, where it can: the stream is about to end from this side. */
  void lastWords();

  /** Ends it, from whatever side; harmless if it has ended. */
  void close();
}
