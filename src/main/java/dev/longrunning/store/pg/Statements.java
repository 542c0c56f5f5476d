package dev.longrunning.store.pg;

/** Every statement that this server sends. Parameters are listed in the order of their numbers. */
final class Statements {
  /** The 7 of the batch, then the 20 columns of {@link ChangeColumns}. */
  static final String APPLY =
      """
      select refusal, revision, at, verdicts, previous, times, cancels, estimates, lease_tokens,
             lease_ends, homes
        from longrunning.apply($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                               $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
      """;

  /**
   * $1 lanes, $2 cursors, $3 batches at most a lane. The first row holds the newest epoch, the
   * heads and the snapshot, the others a batch each: one statement, so one snapshot.
   */
  static final String LOG_POLL =
      """
      select e.number, e.nonce, e.timeline, longrunning.timeline() as present, h.heads,
             e.system_identifier, clock_timestamp() as at, null::smallint as lane,
             null::bigint as rev, null::text[] as keys, null::smallint[] as kinds,
             null::text[] as collections, pg_current_snapshot()::text as snapshot
        from (select e.number, e.nonce, e.timeline, e.system_identifier
                from longrunning.epoch e
               order by e.number desc
               limit 1) e
       cross join (select array_agg(g.rev order by c.lane) as heads
                     from unnest($1::smallint[]) as c (lane)
                    cross join lateral (select g.rev
                                          from longrunning.log g
                                         where g.lane = c.lane
                                         order by g.rev desc
                                         limit 1) g) h
       union all
      select null, null, null, null, null, null, g.at, g.lane, g.rev, g.keys, g.kinds, g.collections,
             null
        from unnest($1::smallint[], $2::bigint[]) as c (lane, after)
       cross join lateral (select g.at, g.lane, g.rev, g.keys, g.kinds, g.collections
                             from longrunning.log g
                            where g.lane = c.lane
                              and g.rev > c.after
                            order by g.rev
                            limit $3) g
      """;

  /** Whether the snapshot is still $1: then nothing was committed since. */
  static final String LOG_QUIET =
      "select pg_current_snapshot()::text = $1 as quiet, clock_timestamp() as at";

  /** Which database cluster a connection leads to. */
  static final String SYSTEM_READ =
      "select system_identifier, pg_is_in_recovery() as standby from pg_control_system()";

  /**
   * Ends what a client left behind between Execute and Sync, where no other limit holds. Servers
   * before 17 do not know it.
   */
  static final String SESSION_LIMIT =
      """
      select set_config(s.name, '6s', false)
        from pg_settings s
       where s.name = 'transaction_timeout'
      """;

  /** $1 nonce of the epoch that is thought to be the newest, $2 the new number is greater. */
  static final String EPOCH_OPEN = "select longrunning.open_epoch($1, $2)";

  /** What every reader of operations reads of one but for its key, metadata and result. */
  static final String OP_COLUMNS =
      """
             o.version, o.create_time, o.update_time, o.end_time, o.cancel_request_time,
             o.expire_time, o.retention_us, o.done_units, o.total_units, o.estimated_end_time,
             o.outcome, o.collection, o.unit, o.message, o.labels::text as labels,
             o.signals::text as signals,
      """;

  /**
   * $1 lanes, $2 keys. A row for every key, and the epoch that was read in every row: what is
   * absent is an answer too.
   */
  static final String OP_READ_BY_KEY =
      """
      select e.nonce, e.timeline, longrunning.timeline() as present, k.ord, k.key,
      """
          + OP_COLUMNS
          + """
             o.metadata, o.result,
             t.version as gone_version, t.kind as gone_kind, t.collection as gone_collection,
             t.create_request as gone_request
        from unnest($1::smallint[], $2::text[]) with ordinality as k (lane, key, ord)
       cross join (select e.nonce, e.timeline
                     from longrunning.epoch e
                    order by e.number desc
                    limit 1) e
        left join lateral (select o.*
                             from longrunning.op o
                            where o.lane = k.lane
                              and o.key = k.key
                            limit 1) o on true
        left join lateral (select t.version, t.kind, t.collection, t.create_request
                             from longrunning.tombstone t
                            where t.lane = k.lane
                              and t.key = k.key
                            limit 1) t on true
      """;

  /**
   * $1 lanes, $2 keys, $3 bytes of payload at most. The present states of what a poll found, in its
   * transaction; one that is larger comes without its payload and is marked.
   */
  static final String LOG_STATES =
      """
      select k.key, o.apart,
      """
          + OP_COLUMNS
          + """
             case when not o.apart then o.metadata end as metadata,
             case when not o.apart then o.result end as result,
             t.version as gone_version, t.kind as gone_kind, t.collection as gone_collection,
             t.create_request as gone_request
        from unnest($1::smallint[], $2::text[]) as k (lane, key)
        left join lateral (select o.*, coalesce(octet_length(o.metadata), 0)
                                       + coalesce(octet_length(o.result), 0) > $3 as apart
                             from longrunning.op o
                            where o.lane = k.lane
                              and o.key = k.key
                            limit 1) o on true
        left join lateral (select t.version, t.kind, t.collection, t.create_request
                             from longrunning.tombstone t
                            where t.lane = k.lane
                              and t.key = k.key
                            limit 1) t on true
      """;

  static final String SNAPSHOT_BEGIN = "begin isolation level repeatable read read only";

  static final String SNAPSHOT_END = "commit";

  // The running sum looks at lengths only: a payload kept out of line is not read for it.
  private static final String OP_LIST_HEAD =
      "select o.key,\n"
          + OP_COLUMNS
          + """
             o.metadata, o.result, true as matches, false as stopped
        from (select o.*, sum(o.weight) over (order by o.create_time desc, o.key desc
                                              rows unbounded preceding) - o.weight as before
                from (select o.*, coalesce(octet_length(o.metadata), 0)
                                  + coalesce(octet_length(o.result), 0) as weight
                        from longrunning.op o
                       where o.service = $1
                         and o.collection = $2
      """;

  private static final String OP_LIST_TAIL =
      """
                       order by o.create_time desc, o.key desc
                       limit $3) o) o
       where o.before < $4
       order by o.create_time desc, o.key desc
      """;

  /** $1 service, $2 collection, $3 rows at most, $4 bytes after which no row is added. */
  static final String OP_LIST_FIRST = OP_LIST_HEAD + OP_LIST_TAIL;

  /**
   * $1 to $4 as for the first page, $5 create time and $6 key of the last row before. A statement
   * apart: one with "or $5 is null" would lose the index condition.
   */
  static final String OP_LIST_NEXT =
      OP_LIST_HEAD + "                   and (o.create_time, o.key) < ($5, $6)\n" + OP_LIST_TAIL;

  // The last row that may be examined comes along, whether it matches or not: the list goes on from
  // there. No row comes after it, so its weight does not count. The collation is that of the index.
  private static final String OP_LIST_MATCHING_HEAD =
      "select o.key,\n"
          + OP_COLUMNS
          + """
             case when o.matches then o.metadata end as metadata,
             case when o.matches then o.result end as result, o.matches,
             o.examined = $4 as stopped
        from (select o.*, sum(o.weight) over (order by o.create_time desc, o.key desc
                                              rows unbounded preceding) - o.weight as before
                from (select o.*, coalesce(octet_length(o.metadata), 0)
                                  + coalesce(octet_length(o.result), 0) as weight
                        from (select o.*, octet_length(o.collection)
                                            - octet_length(replace(o.collection, '/', '')) = $3
                                          and o.collection like $2 as matches,
                                     row_number() over (order by o.create_time desc,
                                                                 o.key desc) as examined
                                from (select o.*
                                        from longrunning.op o
                                       where o.service collate "POSIX" = $1
      """;

  private static final String OP_LIST_MATCHING_TAIL =
      """
                                       order by o.create_time desc, o.key desc
                                       limit $4) o) o
                       where o.matches or o.examined = $4
                       order by o.create_time desc, o.key desc
                       limit $5) o) o
       where o.before < $6
       order by o.create_time desc, o.key desc
      """;

  /**
   * $1 service, $2 pattern of collections for like, $3 their slashes, $4 rows examined at most, $5
   * rows at most, $6 bytes after which no row is added.
   */
  static final String OP_LIST_MATCHING_FIRST = OP_LIST_MATCHING_HEAD + OP_LIST_MATCHING_TAIL;

  /**
   * $1 to $6 as for the first page, $7 create time and $8 key of the last row before, or of the one
   * at which the examination stopped.
   */
  static final String OP_LIST_MATCHING_NEXT =
      OP_LIST_MATCHING_HEAD
          + "                                         and (o.create_time, o.key) < ($7, $8)\n"
          + OP_LIST_MATCHING_TAIL;

  /** $1 rows at most. Not clock_timestamp(): volatile, it would be no condition of the index. */
  static final String OP_PURGE_DUE =
      """
      select o.key
        from longrunning.op o
       where o.expire_time <= now()
       order by o.expire_time
       limit $1
      """;

  /** $1 rows at most. */
  static final String LEASE_EXPIRY_DUE = "select expiry_due as key from longrunning.expiry_due($1)";

  /** $1 lane, $2 nonce. */
  static final String LANE_SWEEP = "select longrunning.sweep($1, $2)";

  /** $1 lane, $2 window in ms, $3 rows at most. */
  static final String LOG_TRIM = "select longrunning.trim($1, $2, $3) as deleted";

  /** A lost ring costs nothing, so nobody waits for it to be flushed. */
  static final String DOORBELL_SETTINGS = "set synchronous_commit = off";

  static final String DOORBELL_LISTEN = "listen longrunning";

  /** $1 who rings: the ringer need not look. */
  static final String DOORBELL_RING = "select pg_notify('longrunning', $1)";

  /** A new key signs once every replica has had the time to read it. */
  static final String TOKEN_KEYS_READ =
      """
      select k.number, k.secret,
             k.created_at < clock_timestamp() - interval '2 min' as settled
        from longrunning.token_key k
       order by k.number
      """;

  /** Any number will do, as long as it stays the same. */
  static final String MIGRATION_LOCK = "select pg_advisory_xact_lock(7311563417082217728)";

  /** A migration, or the wait for another replica's, takes as long as it takes. */
  static final String MIGRATION_LIMITS =
      """
      select set_config(s.name, '0', true)
        from pg_settings s
       where s.name in ('statement_timeout', 'transaction_timeout')
      """;

  static final String MIGRATION_TABLE =
      """
      create schema if not exists longrunning;
      create table if not exists longrunning.migration (
        version    integer     primary key,
        name       text        not null,
        checksum   bigint      not null,
        applied_at timestamptz not null default clock_timestamp()
      )
      """;

  static final String MIGRATIONS_READ =
      "select version, checksum from longrunning.migration order by version";

  /** $1 version, $2 name, $3 checksum. */
  static final String MIGRATION_ADD =
      "insert into longrunning.migration (version, name, checksum) values ($1, $2, $3)";

  private Statements() {}
}
