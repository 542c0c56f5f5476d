-- Operations, their leases, what is remembered of them, and the log of what changed.
--
-- Only apply, open_epoch, sweep and trim write these tables. The first three hold the lane's row lock while they do;
-- trim deletes rows that nobody will read again.

-- Lock targets, never updated: a counter row turns into a long chain of dead versions while any transaction in the
-- cluster keeps an old snapshot. A row lock overwrites xmax in place.
create table longrunning.lane (
  lane smallint primary key check (lane between 0 and 3)
);
insert into longrunning.lane select generate_series(0, 3);

-- Which history this is. Every failover and every restore begins a new one.
create table longrunning.epoch (
  number            bigint      primary key,
  nonce             uuid        not null default gen_random_uuid(),
  system_identifier bigint      not null,
  timeline          text        not null,
  begun_at          timestamptz not null default clock_timestamp()
);

-- When the leases of a lane were last seen to be renewable. Rewritten once a second, so apart from lane.
create table longrunning.sweep (
  at    timestamptz not null,
  nonce uuid        not null,
  lane  smallint    primary key
) with (fillfactor = 10);

-- The operations. key is service || '/' || name; a service holds no '/'.
-- No index on anything that a progress update changes: such updates stay HOT. Wide columns first: no padding.
create table longrunning.op (
  version             bigint      not null,
  create_time         timestamptz not null,
  update_time         timestamptz not null,
  end_time            timestamptz,
  cancel_request_time timestamptz,
  expire_time         timestamptz,
  retention_us        bigint      not null,
  done_units          bigint,
  total_units         bigint,
  estimated_end_time  timestamptz,
  -- How fast the work advanced lately: units a microsecond, and the time that this speaks of.
  reported_at         timestamptz,
  rate                float8,
  rate_us             bigint,
  create_request      uuid,
  last_request        uuid,
  lane                smallint    not null,
  outcome             smallint    not null default 0,
  reports             smallint,
  key                 text        collate "C" not null,
  service             text        collate "C" not null,
  collection          text        collate "C" not null,
  unit                text,
  message             text,
  labels              jsonb       not null,
  -- Verbs of the service that the producer was told of, each with when it came last, in microseconds since 1970.
  signals             jsonb,
  metadata            bytea,
  result              bytea,
  constraint op_pkey primary key (lane, key)
) with (fillfactor = 70,
        autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.1);

-- Ascending and scanned backwards, so that the keyset of a page is one row comparison and thus an index condition.
create index op_list on longrunning.op (service, collection, create_time, key);
-- For lists over many collections, which look at a bounded number of a service's operations at a time. The collation is
-- "C" by another name, so that no list of one collection can be planned onto this index: while the table is empty both
-- cost the same, and such a plan would read the whole service once it has grown.
create index op_newest on longrunning.op (service collate "POSIX", create_time, key);
-- Entered once an operation, when it ends: the only update that is not HOT.
create index op_purge on longrunning.op (expire_time) where expire_time is not null;

-- Leases of running operations. Narrow and apart from op: a renewal rewrites some 100 bytes instead of the state.
create table longrunning.lease (
  expires_at  timestamptz not null,
  duration_us bigint      not null,
  window_us   bigint      not null,
  token       uuid        not null,
  request     uuid,
  lane        smallint    not null,
  key         text        collate "C" not null,
  constraint lease_pkey primary key (lane, key)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

-- What is remembered of operations that are gone. kind: 6 deleted, 7 purged.
create table longrunning.tombstone (
  version        bigint      not null,
  at             timestamptz not null,
  create_request uuid,
  lane           smallint    not null,
  kind           smallint    not null,
  key            text        collate "C" not null,
  collection     text        collate "C" not null,
  constraint tombstone_pkey primary key (lane, key)
);
create index tombstone_trim on longrunning.tombstone (at);

-- One row a batch: which operations changed, not to what. collections holds those that the name does not contain.
create table longrunning.log (
  rev         bigint      not null,
  at          timestamptz not null,
  sequence    bigint,
  writer      uuid,
  lane        smallint    not null,
  keys        text[]      collate "C" not null,
  kinds       smallint[]  not null,
  collections text[]      collate "C",
  constraint log_pkey primary key (lane, rev)
);
alter table longrunning.log alter keys set storage external;

-- The keys that authenticate page and resume tokens; the highest number signs.
create table longrunning.token_key (
  number     integer     primary key,
  secret     bytea       not null check (length(secret) >= 32),
  created_at timestamptz not null default clock_timestamp()
);
-- Two random UUIDs: 244 bits from the server's strong generator, without an extension.
insert into longrunning.token_key (number, secret)
values (1, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- The timeline that this server writes; null on a standby. Not pg_control_checkpoint(), which lags.
create function longrunning.timeline() returns text language sql stable as $$
  select case when not pg_is_in_recovery() then substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) end
$$;

-- Begins a new epoch, unless the newest is not the known one any more: of N replicas that see a failover, one opens.
-- The marker at the head of every lane makes sure that no revision of an older history comes again.
create function longrunning.open_epoch(p_known uuid, p_number_min bigint)
returns void language plpgsql volatile as $$
declare
  v_number bigint;
  v_nonce  uuid;
begin
  perform 1 from longrunning.lane l order by l.lane for no key update;
  select e.number, e.nonce into v_number, v_nonce
  from longrunning.epoch e order by e.number desc limit 1;
  if v_nonce is distinct from p_known then
    return;
  end if;
  v_number := greatest(coalesce(v_number, 0) + 1, p_number_min + 1,
                       floor(extract(epoch from clock_timestamp() - timestamptz '2020-01-01 00:00:00Z') / 3600)::bigint);
  insert into longrunning.epoch (number, system_identifier, timeline)
  select v_number, s.system_identifier, longrunning.timeline() from pg_control_system() s;
  insert into longrunning.log (rev, at, lane, keys, kinds)
  select v_number << 40, clock_timestamp(), l.lane, '{}', '{}' from longrunning.lane l;
end $$;

select longrunning.open_epoch(null, 0);
insert into longrunning.sweep (at, nonce, lane)
select clock_timestamp(), e.nonce, l.lane from longrunning.lane l cross join longrunning.epoch e;

-- A lease runs only while it could be renewed: after a gap of more than 2 s since the last look, every lease of the
-- lane gets back what it had left then. Answers whether there was such a gap. The caller holds the lane's lock.
create function longrunning.bridge_gap(p_lane smallint, p_now timestamptz, p_nonce uuid, p_swept timestamptz, p_swept_nonce uuid)
returns boolean language plpgsql volatile as $$
begin
  if p_now - p_swept <= interval '2 s' and p_now >= p_swept and p_swept_nonce = p_nonce then
    return false;
  end if;
  update longrunning.lease l
     set expires_at = p_now + least(l.expires_at - p_swept, l.duration_us * interval '1 microsecond')
   where l.lane = p_lane;
  update longrunning.sweep s
     set at = p_now, nonce = p_nonce
   where s.lane = p_lane;
  return true;
end $$;

-- Tells that the leases of a lane can be renewed now. A lane without leases, or looked at just now, is left alone.
create function longrunning.sweep(p_lane smallint, p_nonce uuid)
returns void language plpgsql volatile as $$
declare
  v_now         timestamptz;
  v_nonce       uuid;
  v_timeline    text;
  v_swept       timestamptz;
  v_swept_nonce uuid;
begin
  perform 1 from longrunning.sweep s
    where s.lane = p_lane and s.nonce = p_nonce
      and clock_timestamp() - s.at between interval '0' and interval '500 ms';
  if found or not exists (select 1 from longrunning.lease l where l.lane = p_lane limit 1) then
    return;
  end if;
  -- Losing this to a crash lengthens leases, which is the safe side.
  perform set_config('synchronous_commit', 'off', true);
  perform 1 from longrunning.lane l where l.lane = p_lane for no key update;
  v_now := clock_timestamp();
  select e.nonce, e.timeline, s.at, s.nonce
    into v_nonce, v_timeline, v_swept, v_swept_nonce
  from (select e.nonce, e.timeline from longrunning.epoch e order by e.number desc limit 1) e
  cross join (select s.at, s.nonce from longrunning.sweep s where s.lane = p_lane limit 1) s;
  if v_nonce is distinct from p_nonce or v_timeline is distinct from longrunning.timeline() then
    return;
  end if;
  if not longrunning.bridge_gap(p_lane, v_now, v_nonce, v_swept, v_swept_nonce) then
    update longrunning.sweep s set at = v_now where s.lane = p_lane;
  end if;
end $$;

-- Deletes what is older than the window from one lane: log rows in order of rev, up to but not including the first
-- younger one, never the lane's last; then tombstones of any lane. Answers how many.
create function longrunning.trim(p_lane smallint, p_window_ms bigint, p_limit integer)
returns integer language plpgsql volatile as $$
declare
  v_before  timestamptz := clock_timestamp() - p_window_ms * interval '1 ms';
  v_cut     bigint;
  v_rows    integer;
  v_deleted integer;
begin
  -- One row more than may go is looked at; the last one looked at always stays.
  select coalesce(min(c.rev) filter (where c.at >= v_before), max(c.rev)) into v_cut
  from (select g.rev, g.at from longrunning.log g
         where g.lane = p_lane order by g.rev limit p_limit + 1) c;
  delete from longrunning.log g where g.lane = p_lane and g.rev < v_cut;
  get diagnostics v_deleted = row_count;
  delete from longrunning.tombstone t
   using (select o.lane, o.key from longrunning.tombstone o
           where o.at < v_before order by o.at limit p_limit - v_deleted) old
   where t.lane = old.lane and t.key = old.key and t.at < v_before;
  get diagnostics v_rows = row_count;
  return v_deleted + v_rows;
end $$;

-- Running operations whose producer is lost. A scan of the running set: an index on the expiry would make every
-- renewal rewrite it.
create function longrunning.expiry_due(p_limit integer)
returns setof text language sql volatile set enable_seqscan = on as $$
  select l.key from longrunning.lease l
   where l.expires_at + l.window_us * interval '1 microsecond' < clock_timestamp()
   limit p_limit
$$;
