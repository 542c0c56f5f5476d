package dev.longrunning.store.pg;

import org.junit.jupiter.api.BeforeAll;

/** On the PostgreSQL that travels with the server. */
final class BundledPostgresContractIT extends PgStoreContract {
  @BeforeAll
  void start() throws Exception {
    var postgres = TestPostgres.start(TestPostgres.bundled());
    use(postgres, StoreFixture.on(postgres.options()));
  }
}
