package dev.longrunning.auth;

import io.vertx.core.Future;

/** Where the keys of an issuer are. */
interface KeySource {
  /** Gets them; fails with {@link KeyFault}. On one event loop, where the future completes too. */
  Future<KeySet> fetch();
}
