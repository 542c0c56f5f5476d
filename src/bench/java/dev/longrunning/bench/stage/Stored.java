package dev.longrunning.bench.stage;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.peer.Postgres;
import dev.longrunning.operation.OperationKey;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Operations put into the tables as the server would have stored them, many times faster than it is
 * asked to; started one a millisecond.
 *
 * <p>Evenly spread, of 100 one may be done and one has the label {@code env: rare}; of 10 one says
 * {@code kind: rare} in its metadata, which no column tells. With their indexes they take some 800
 * bytes each.
 */
record Stored(Run run, Postgres postgres) {
  private static final int CHUNK = 50_000;
  private static final int TEXT = 240;

  private static final String LOAD =
      """
      set synchronous_commit = off;
      insert into longrunning.op (version, create_time, update_time, end_time, expire_time,
             retention_us, create_request, lane, outcome, key, service, collection, labels,
             metadata, result)
      select 1, t.at, t.at, case when n.done then t.at end,
             case when n.done then now() + interval '30 d' end, 2592000000000, gen_random_uuid(),
             u.lane, n.done::int, 'default/PARENT/operations/o' || n.i, 'default', 'PARENT',
             jsonb_build_object('env', case when n.i % 100 = 3 then 'rare' else 'prod' end),
             decode(case when n.i % 10 = 4 then 'RARE' else 'OFTEN' end, 'hex'),
             case when n.done then decode('RESULT', 'hex') end
        from unnest('{LANES}'::smallint[]) with ordinality u (lane, place)
       cross join lateral (select FROM + u.place - 1 as i) p
       cross join lateral (select p.i, p.i % 100 = 7 and DONE as done) n
       cross join lateral (select timestamptz '2026-01-01' + n.i * interval '1 ms' as at) t
      """;

  /**
   * Names them as {@link Api#name} does, from 0 on; the server has made the tables before.
   *
   * @param done whether some are, which cannot be changed any more
   */
  void fill(String parent, int operations, boolean done) throws InterruptedException {
    var database = postgres.database();
    for (int from = 0; from < operations; from += CHUNK) {
      int to = Math.min(from + CHUNK, operations);
      postgres.sql(database, chunk(parent, from, to).replace("DONE", "" + done));
      if (to % (20 * CHUNK) == 0 || to == operations) {
        run.says(String.format(Locale.ROOT, "stored %,d of %,d operations", to, operations));
      }
    }
    postgres.sql(database, "vacuum analyze longrunning.op");
  }

  private static String chunk(String parent, int from, int to) {
    var lanes = new StringBuilder();
    for (int i = from; i < to; i++) {
      lanes.append(i == from ? "" : ",").append(OperationKey.of(Api.name(parent, i)).lane());
    }
    return LOAD.replace("RESULT", hex(Empty.getDefaultInstance()))
        .replace("OFTEN", hex(metadata("often")))
        .replace("RARE", hex(metadata("rare")))
        .replace("LANES", lanes)
        .replace("FROM", "" + from)
        .replace("PARENT", parent);
  }

  private static Struct metadata(String kind) {
    return Struct.newBuilder()
        .putFields("kind", Value.newBuilder().setStringValue(kind).build())
        .putFields("text", Value.newBuilder().setStringValue("x".repeat(TEXT)).build())
        .build();
  }

  private static String hex(com.google.protobuf.Message message) {
    return HexFormat.of().formatHex(Any.pack(message).toByteArray());
  }
}
