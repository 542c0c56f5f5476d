package dev.longrunning.store.pg;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;

/** On the oldest version that is supported, as Debian packages it. */
final class Debian15ContractIT extends PgStoreContract {
  @BeforeAll
  void start() throws Exception {
    var bin = TestPostgres.debian(15);
    assumeTrue(TestPostgres.isInstalled(bin), "Debian's postgresql-15 is not installed");
    var postgres = TestPostgres.start(bin);
    use(postgres, StoreFixture.on(postgres.options()));
  }
}
