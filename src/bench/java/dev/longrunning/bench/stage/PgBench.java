package dev.longrunning.bench.stage;

import dev.longrunning.bench.Findings;
import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Rounds;
import dev.longrunning.bench.Row;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.peer.Postgres;

/**
 * What PostgreSQL does by itself: one row of {@value Hot#STATE_BYTES} bytes a transaction, on the
 * database that the server uses too.
 */
final class PgBench {
  static final String BEST = "pgbench, single-row UPDATE, best";
  private static final int[] CLIENTS = {1, 8, 32, 256};

  private final Postgres postgres;
  private final String table;
  private final int rows;

  /** Makes and fills its table, whose rows have room for HOT updates. */
  PgBench(Run run, String stage, int rows) throws Exception {
    this.postgres = run.postgres();
    this.table = "bench_" + stage;
    this.rows = rows;
    var database = postgres.database();
    postgres.sql(
        database,
        "create table " + table + " (id int primary key, state bytea) with (fillfactor = 50)");
    postgres.sql(
        database,
        "insert into "
            + table
            + " select i, decode(repeat('a7', "
            + Hot.STATE_BYTES
            + "), 'hex') from generate_series(1, "
            + rows
            + ") i");
    postgres.sql(database, "vacuum analyze " + table);
  }

  /** A case for each number of clients. */
  void add(Rounds rounds) {
    String update =
        id()
            + "update "
            + table
            + " set state = decode(lpad(to_hex(:id::int), "
            + 2 * Hot.STATE_BYTES
            + ", '0'), 'hex') where id = :id\n";
    for (int clients : CLIENTS) {
      rounds.add(
          name(clients), time -> postgres.pgbench(postgres.database(), update, clients, time));
    }
  }

  void addSelect(Rounds rounds) {
    String select = id() + "select state from " + table + " where id = :id\n";
    rounds.add(
        "pgbench, point SELECT, 32 clients",
        time -> postgres.pgbench(postgres.database(), select, 32, time));
  }

  private String id() {
    return "\\set id random(1, " + rows + ")\n";
  }

  private static String name(int clients) {
    return "pgbench, single-row UPDATE, " + clients + (clients == 1 ? " client" : " clients");
  }

  /** The best of them, by its median, as a row of its own. */
  static void best(Findings findings) {
    var best = findings.row(name(CLIENTS[0]));
    for (int clients : CLIENTS) {
      var row = findings.row(name(clients));
      best = row.median() > best.median() ? row : best;
    }
    findings.add(new Row(BEST, best.unit(), best.values()));
  }
}
