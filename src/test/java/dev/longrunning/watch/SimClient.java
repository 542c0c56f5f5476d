package dev.longrunning.watch;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import java.util.Map;

/** Somebody who watches, reconnects, and checks what was promised. */
interface SimClient {
  boolean isConnected();

  /** Opens a stream there, with the token it has. */
  void connect(SimReplica.Home to);

  void disconnect();

  /** Its server stops: the stream is given the chance of last words. */
  void drain();

  /** The process is gone. */
  void lost(SimReplica replica);

  /** Keeps what it has now, for {@link #goBack}. */
  void remember();

  /** Loses its connection, and what it got since it last remembered. */
  void goBack();

  /** Loses its connection and all it had. */
  void forget();

  /** Reads what comes, or does not. */
  void read(boolean on);

  /** A connection that was full has room again. */
  void makeRoom();

  /** Whether it knows what is there now. */
  boolean isCurrent(Map<OperationKey, Snapshot> now);
}
