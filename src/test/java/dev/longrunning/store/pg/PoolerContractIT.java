package dev.longrunning.store.pg;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Behind pgbouncer in transaction mode: the session settings are the role's. */
final class PoolerContractIT extends PgStoreContract {
  private TestPooler pooler;

  @BeforeAll
  void start() throws Exception {
    assumeTrue(TestPooler.isInstalled(), "Debian's pgbouncer is not installed");
    var postgres = TestPostgres.start(TestPostgres.bundled());
    try (var direct = StoreFixture.on(postgres.options())) {
      for (var setting : Connector.SESSION_SETTINGS.entrySet()) {
        direct.sql(
            "alter role postgres set " + setting.getKey() + " = '" + setting.getValue() + "'");
      }
    }
    pooler = TestPooler.before(postgres);
    use(postgres, StoreFixture.on(pooler.options()));
  }

  @AfterAll
  void stopPooler() throws Exception {
    if (pooler != null) {
      pooler.close();
    }
  }
}
