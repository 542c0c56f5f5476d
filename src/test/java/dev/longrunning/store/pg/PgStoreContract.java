package dev.longrunning.store.pg;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.OperationStoreContract;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The contract on a real PostgreSQL; a class for each kind of server says which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
abstract class PgStoreContract extends OperationStoreContract {
  private TestPostgres postgres;
  private StoreFixture fixture;

  /** Another replica, with event loops of its own: made when it is first asked for. */
  private StoreFixture elsewhere;

  /** To be called before all tests. */
  void use(TestPostgres server, StoreFixture store) {
    postgres = server;
    fixture = store;
  }

  @AfterAll
  void stop() throws Exception {
    if (elsewhere != null) {
      elsewhere.close();
    }
    if (fixture != null) {
      fixture.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @Override
  public OperationStore store() {
    return fixture.store;
  }

  @Override
  public ChangeLog log() {
    return fixture.store;
  }

  @Override
  public Answer appliedElsewhere(Change change) {
    try {
      if (elsewhere == null) {
        elsewhere = fixture.elsewhere();
      }
      return StoreFixture.await(elsewhere.store.apply(change, PATIENCE));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Makes all that is stored older, instead of waiting. */
  @Override
  public void passTime(Duration duration) {
    var by = " - interval '" + TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) + " us'";
    try {
      fixture.sql(
          ("update longrunning.op set create_time = create_time BY, update_time = update_time BY,"
                  + " end_time = end_time BY, cancel_request_time = cancel_request_time BY,"
                  + " expire_time = expire_time BY, reported_at = reported_at BY;"
                  + " update longrunning.lease set expires_at = expires_at BY;"
                  + " update longrunning.sweep set at = at BY;"
                  + " update longrunning.tombstone set at = at BY;"
                  + " update longrunning.log set at = at BY")
              .replace(" BY", by));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
