-- Applies a batch of changes to one lane: at most one change a key, all arrays of one length, or null where they hold
-- nothing.
--
-- Answers one row: what became of the batch, and arrays with an element for each change.
-- refusal      null, or why the whole batch was refused: -1 another history, -2 too late, -3 overtaken by a later batch
--              of the same writer. Nothing was or will be applied then, and there are no arrays.
-- revision     of this batch, whether something was applied or not; of a refusal the lane's head
-- at           when the batch was judged, or when an earlier attempt of it was applied
-- verdicts     0 applied, 1 renewed, 2 repeated, 3 unchanged, 4 adopted, 10 not found, 11 deleted, 12 purged, 13 exists,
--              14 done, 15 version mismatch, 16 lease lost, 17 no lease, 18 not due, 19 lease alive, 20 no producer;
--              100 applied by an earlier attempt of this batch, 101 not applied by it: judge again in a new batch
-- previous     versions before this batch     times      of what was applied
-- cancels      cancel times before this batch lease_ends of leases that the caller may see
-- lease_tokens of leases before this batch    homes      collections that the names do not contain; null where all do
-- estimates    of what was applied; null if nobody estimates or reports how far it is
--
-- Kinds: 1 start, 2 update, 3 complete, 4 cancel, 5 expire, 6 delete, 7 purge, 8 adopt, 9 signal. An adoption is logged, so that its late arrival is
-- recognised, but changes no operation and moves no version.
--
-- p_since      a revision of the lane known before the first attempt, the same for every attempt
-- p_retry      a further attempt, or a batch after one whose outcome is not known: leaves a row in the log in any case
-- p_not_after  the same for every attempt: later than this, none is applied
-- p_requests   request ids            p_tokens    lease tokens: to be checked, or for a start or an adoption to be granted
-- p_versions   to be changed, or null p_masks     1 metadata, 2 progress, 4 labels are replaced; 8 by force
-- p_results    complete: the result; cancel: without a lease; expire: without a cancellation
-- p_otherwise  cancel: while waiting for adoption; expire: after a cancellation
create function longrunning.apply(
  p_lane smallint, p_nonce uuid, p_writer uuid, p_sequence bigint, p_since bigint, p_retry boolean,
  p_not_after timestamptz,
  p_keys text[], p_kinds smallint[], p_requests uuid[], p_tokens uuid[], p_versions bigint[],
  p_collections text[], p_retentions bigint[], p_leases bigint[], p_windows bigint[],
  p_masks smallint[], p_metadata bytea[], p_done bigint[], p_total bigint[], p_units text[], p_messages text[],
  p_estimates timestamptz[], p_labels text[],
  p_outcomes smallint[], p_results bytea[], p_otherwise bytea[],
  out refusal smallint, out revision bigint, out at timestamptz, out verdicts smallint[], out previous bigint[],
  out times timestamptz[], out cancels timestamptz[], out estimates timestamptz[], out lease_tokens uuid[],
  out lease_ends timestamptz[], out homes text[])
language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_now         timestamptz;
  v_head        bigint;
  v_nonce       uuid;
  v_timeline    text;
  v_swept       timestamptz;
  v_swept_nonce uuid;
  v_gap         boolean;
  v_earlier     record;
  -- Judged rows, in the order of the input, as are the arrays of the answer.
  v_places      tid[];
  v_reports     smallint[];
  v_rates       float8[];
  v_rate_us     bigint[];
  v_ends        smallint[];      -- 0 goes on, 1 with p_results, 2 with p_otherwise
  v_homes       text[];          -- of what is logged
  v_lease_places tid[];
  -- How many.
  v_count       integer := cardinality(p_keys);
  v_applied     integer;         -- adoptions as well
  v_written     integer;
  v_leased      integer;
  -- What the batch holds.
  v_updates     boolean := 2 = any (p_kinds);
  v_others      boolean := not p_kinds <@ '{2}';
begin
  perform 1 from longrunning.lane l where l.lane = p_lane for no key update;

  -- Read by a statement of its own, so that its snapshot is taken after the lock was granted: otherwise two batches
  -- would find the same head. The clock is read now too, not at the start of a wait for the lock.
  v_now := clock_timestamp();
  at := v_now;
  select e.nonce, e.timeline, s.at, s.nonce,
         coalesce((select g.rev from longrunning.log g where g.lane = p_lane order by g.rev desc limit 1), 0)
    into v_nonce, v_timeline, v_swept, v_swept_nonce, v_head
  from (select e.nonce, e.timeline from longrunning.epoch e order by e.number desc limit 1) e
  cross join (select s.at, s.nonce from longrunning.sweep s where s.lane = p_lane limit 1) s;
  if v_nonce is distinct from p_nonce or v_timeline is distinct from longrunning.timeline() or p_since > v_head then
    refusal := -1;
    revision := v_head;
    return;
  end if;

  -- Was this batch applied before? Looked at before the time limit: what was applied must not be refused.
  if p_since < v_head then
    select g.rev, g.at, g.sequence, g.keys into v_earlier
    from longrunning.log g
    where g.lane = p_lane and g.rev > p_since and g.writer = p_writer and g.sequence >= p_sequence
    order by g.rev limit 1;
    if found and v_earlier.sequence > p_sequence then
      refusal := -3;
      revision := v_head;
      return;
    elsif found then
      revision := v_earlier.rev;
      at := v_earlier.at;
      select array_agg(case when i.key = any (v_earlier.keys) then 100 else 101 end::smallint) into verdicts
      from (select p_keys[n.ord] as key from generate_series(1, v_count) as n (ord) order by n.ord) as i;
      return;
    end if;
  end if;
  if v_now > p_not_after then
    refusal := -2;
    revision := v_head;
    return;
  end if;

  v_gap := longrunning.bridge_gap(p_lane, v_now, v_nonce, v_swept, v_swept_nonce);
  revision := v_head + 1;

  -- To set up what a batch does not need costs a small one as much as what it needs. So updates, which most batches hold
  -- and nothing else, are judged by a statement of their own. Each statement knows the keys of what it judges: of the
  -- rest it finds nothing.
  -- lateral … limit 1 keeps the nested loop over the primary keys, whatever the statistics say. The arrays are indexed,
  -- not unnested: that would set up a store of tuples for each of them. They are gathered in the order of the subquery.
  if v_updates then
    select array_agg(j.verdict), array_agg(j.place), array_agg(j.version), array_agg(j.at),
           array_agg(j.cancel_request_time), array_agg(j.home),
           array_agg(j.lease_place), array_agg(j.lease_token), array_agg(j.lease_expires_at),
           count(*) filter (where j.verdict = 0), count(j.lease_place)
      into verdicts, v_places, previous, times, cancels, homes,
           v_lease_places, lease_tokens, lease_ends, v_written, v_leased
    from (
      select o.place, coalesce(o.version, 0) as version, l.place as lease_place, l.token as lease_token,
             greatest(v_now, o.update_time) as at, o.cancel_request_time,
             case
               when not starts_with(i.key, o.service || '/' || case o.collection when '' then '' else o.collection || '/' end
                                           || 'operations/') then o.collection
             end as home,
             case when l.place is not null then v_now + coalesce(i.lease_us, l.duration_us) * interval '1 microsecond' end
               as lease_expires_at,
             (case
                when o.place is null then coalesce((
                  select t.kind + 5 from longrunning.tombstone t where t.lane = p_lane and t.key = i.key limit 1), 10)
                when o.outcome <> 0 then case when i.request = o.last_request then 2 else 14 end
                when i.token is distinct from l.token then 16
                when i.lease_us is not null and l.place is null then 17
                when i.request = o.last_request then 2
                when i.version <> o.version then 15
                when i.mask = 0 then 1
                else 0
              end)::smallint as verdict
      from (select case when p_kinds[n.ord] = 2 then p_keys[n.ord] end as key, p_requests[n.ord] as request,
                   p_tokens[n.ord] as token, p_versions[n.ord] as version, p_leases[n.ord] as lease_us,
                   p_masks[n.ord] as mask, n.ord
            from generate_series(1, v_count) as n (ord)) as i
      left join lateral (
        select o.ctid as place, o.version, o.update_time, o.cancel_request_time, o.last_request, o.outcome, o.service,
               o.collection
        from longrunning.op o where o.lane = p_lane and o.key = i.key limit 1) o on true
      left join lateral (
        select l.ctid as place, l.token, l.duration_us
        from longrunning.lease l where l.lane = p_lane and l.key = i.key limit 1) l on true
      order by i.ord
    ) j;
    v_applied := v_written;
  end if;
  if v_others then
    -- What was judged above stays; the counts are of both.
    select array_agg(j.verdict), array_agg(j.place), array_agg(j.version), array_agg(j.at),
           array_agg(j.cancel_request_time), array_agg(j.ends), array_agg(j.home),
           array_agg(j.lease_place), array_agg(j.lease_token), array_agg(j.lease_expires_at),
           count(*) filter (where j.verdict = 0), count(*) filter (where j.verdict in (0, 4)), count(j.lease_place)
      into verdicts, v_places, previous, times, cancels, v_ends, homes,
           v_lease_places, lease_tokens, lease_ends,
           v_written, v_applied, v_leased
    from (
      select i.ord, coalesce(o.place, v_places[i.ord]) as place, coalesce(o.version, previous[i.ord], 0) as version,
             coalesce(l.place, v_lease_places[i.ord]) as lease_place,
             coalesce(l.token, lease_tokens[i.ord]) as lease_token,
             case when i.kind = 9 then greatest(v_now, o.update_time + interval '1 microsecond')
                  else greatest(v_now, o.update_time, times[i.ord]) end as at,
             coalesce(o.cancel_request_time, cancels[i.ord]) as cancel_request_time,
             (case
                when i.kind = 4 and l.expires_at > v_now then 0
                when i.kind = 4 then case when l.place is null then 1 else 2 end
                when i.kind = 5 then case when o.cancel_request_time is null then 1 else 2 end
                else 0
              end)::smallint as ends,
             case
               when i.kind = 2 then homes[i.ord]
               when not starts_with(i.key, c.service || '/' || case c.collection when '' then '' else c.collection || '/' end
                                           || 'operations/') then c.collection
             end as home,
             case
               when i.kind = 2 then lease_ends[i.ord]
               when i.kind = 1 and o.place is null then v_now + i.lease_us * interval '1 microsecond'
               when i.kind = 1 and l.request = i.request and l.expires_at > v_now then l.expires_at
               when i.kind = 8 and l.request = i.request and l.expires_at > v_now then l.expires_at
               when i.kind = 8 then v_now + i.lease_us * interval '1 microsecond'
             end as lease_expires_at,
             (case
                when i.kind = 2 then verdicts[i.ord]
                when i.kind = 1 then
                  case
                    when o.place is null and i.request = t.create_request and i.collection = t.collection
                      then t.kind + 5
                    when o.place is null then 0
                    when i.request = o.create_request and i.collection = o.collection then 2
                    else 13
                  end
                when o.place is null then coalesce(t.kind + 5, 10)
                when i.kind = 3 then
                  case
                    when o.outcome <> 0 then case when o.outcome = i.outcome and o.result = i.result then 2 else 14 end
                    when i.token is distinct from l.token then 16
                    when i.version <> o.version then 15
                    else 0
                  end
                when i.kind = 4 then
                  case
                    when o.outcome <> 0 or l.expires_at > v_now and o.cancel_request_time is not null then 3
                    else 0
                  end
                when i.kind = 5 then
                  case
                    when o.outcome <> 0 then 3
                    when v_gap or l.place is null then 18
                    when l.expires_at + l.window_us * interval '1 microsecond' >= v_now then 18
                    else 0
                  end
                when i.kind = 7 then case when o.expire_time <= v_now then 0 else 18 end
                when i.kind = 8 then
                  case
                    when o.outcome <> 0 then 14
                    when l.request = i.request then case when l.expires_at > v_now then 2 else 1 end
                    when l.expires_at > v_now and i.mask & 8 = 0 then 19
                    else 4
                  end
                when i.kind = 9 then
                  case
                    when o.outcome <> 0 then 14
                    when l.expires_at > v_now then 0
                    else 20
                  end
                else 0
              end)::smallint as verdict
      from (select case when p_kinds[n.ord] <> 2 then p_keys[n.ord] end as key, p_kinds[n.ord] as kind,
                   p_requests[n.ord] as request, p_tokens[n.ord] as token, p_versions[n.ord] as version,
                   p_collections[n.ord] as collection, p_leases[n.ord] as lease_us, p_masks[n.ord] as mask,
                   p_outcomes[n.ord] as outcome, p_results[n.ord] as result, n.ord
            from generate_series(1, v_count) as n (ord)) as i
      left join lateral (
        select o.ctid as place, o.version, o.update_time, o.cancel_request_time, o.expire_time, o.create_request,
               o.last_request, o.outcome, o.service, o.collection, o.result
        from longrunning.op o where o.lane = p_lane and o.key = i.key limit 1) o on true
      left join lateral (
        select l.ctid as place, l.token, l.request, l.expires_at, l.window_us
        from longrunning.lease l where l.lane = p_lane and l.key = i.key limit 1) l on true
      left join lateral (
        select t.kind, t.create_request, t.collection
        from longrunning.tombstone t where o.place is null and t.lane = p_lane and t.key = i.key limit 1) t on true
      cross join lateral (
        select coalesce(o.service, split_part(i.key, '/', 1)) as service,
               coalesce(o.collection, i.collection) as collection) c
      order by i.ord
    ) j;
  end if;

  estimates := p_estimates;
  if p_done is not null and v_updates then
    -- The rate is the mean over what is remembered, a minute at most, and what came since; it begins anew if units
    -- shrank or are others. The same arithmetic, in the same order, as in operation.Rate.
    select array_agg(j.estimate), array_agg(j.reports), array_agg(j.rate), array_agg(j.rate_us)
      into estimates, v_reports, v_rates, v_rate_us
    from (
      select coalesce(i.estimate, r.estimate) as estimate, r.reports, r.rate, r.rate_us
      from (select p_kinds[n.ord] as kind, v_places[n.ord] as place, times[n.ord] as at, p_done[n.ord] as done_units,
                   p_total[n.ord] as total_units, p_units[n.ord] as unit, p_estimates[n.ord] as estimate, n.ord
            from generate_series(1, v_count) as n (ord)) as i
      left join longrunning.op o on o.ctid = i.place
      left join lateral (
        select r.reports, r.rate, r.rate_us,
               case
                 when r.reports = 3 and r.rate > 0 and i.total_units > 0
                      and (i.total_units - i.done_units) / r.rate <= 31536000000000  -- 365 days
                   then r.at + round((i.total_units - i.done_units) / r.rate)::bigint * interval '1 microsecond'
               end as estimate
        from (
          select r.at, r.reports, r.rate_us, case when r.rate < 1e-18 then 0 else r.rate end as rate
          from (
            select p.at,
                   (case when p.anew then 1 else least(o.reports + 1, 3) end)::smallint as reports,
                   case
                     when p.anew or o.rate_us + p.passed = 0 then 0
                     else (o.rate * o.rate_us + (i.done_units - o.done_units)) / (o.rate_us + p.passed)
                   end as rate,
                   case when p.anew then 0 else least(o.rate_us + p.passed, 60000000) end as rate_us
            from (
              select i.at,
                     o.done_units is null or o.done_units > i.done_units or o.unit <> i.unit as anew,
                     (extract(epoch from i.at - o.reported_at) * 1000000)::bigint as passed
              offset 0) p
            offset 0) r
          offset 0) r) r on i.kind = 2 and i.done_units is not null
      order by i.ord
    ) j;
  end if;

  -- Each kind of write only if the batch holds it: an empty one costs tens of microseconds too.
  if 1 = any (p_kinds) then
    insert into longrunning.op (
      version, create_time, update_time, retention_us, done_units, total_units, estimated_end_time, reported_at, rate,
      rate_us, create_request, lane, reports, key, service, collection, unit, message, labels, metadata)
    select revision, v_now, v_now, i.retention_us, i.done_units, i.total_units, i.estimated_end_time,
           case when i.done_units is not null then v_now end, case when i.done_units is not null then 0 end,
           case when i.done_units is not null then 0 end, i.request,
           p_lane, case when i.done_units is not null then 1 end, i.key, split_part(i.key, '/', 1), i.collection, i.unit, i.message, i.labels::jsonb, i.metadata
    from (select p_keys[n.ord] as key, p_kinds[n.ord] as kind, verdicts[n.ord] as verdict,
                 p_requests[n.ord] as request, p_collections[n.ord] as collection,
                 p_retentions[n.ord] as retention_us, p_metadata[n.ord] as metadata, p_done[n.ord] as done_units,
                 p_total[n.ord] as total_units, p_units[n.ord] as unit, p_messages[n.ord] as message,
                 p_estimates[n.ord] as estimated_end_time, p_labels[n.ord] as labels
          from generate_series(1, v_count) as n (ord)) as i
    where i.kind = 1 and i.verdict = 0;
    insert into longrunning.lease (expires_at, duration_us, window_us, token, request, lane, key)
    select i.expires_at, i.lease_us, i.window_us, i.token, i.request, p_lane, i.key
    from (select p_keys[n.ord] as key, p_kinds[n.ord] as kind, verdicts[n.ord] as verdict,
                 p_requests[n.ord] as request, p_tokens[n.ord] as token, p_leases[n.ord] as lease_us,
                 p_windows[n.ord] as window_us, lease_ends[n.ord] as expires_at
          from generate_series(1, v_count) as n (ord)) as i
    where i.kind = 1 and i.verdict = 0 and i.lease_us is not null;
  end if;

  -- Rows are written by place: found a moment ago, and only a holder of the lane's lock can move them.
  if v_written > 0 and not v_others and p_masks <@ '{0,1}' then
    -- Nothing but metadata is replaced: four columns in place of all. What is applied has a mask, so that is 1.
    update longrunning.op o
       set version = revision, update_time = times[n.ord], last_request = p_requests[n.ord], metadata = p_metadata[n.ord]
      from generate_series(1, v_count) as n (ord)
     where o.ctid = v_places[n.ord] and verdicts[n.ord] = 0;
  elsif v_written > 0 and p_kinds && '{2,3,4,5,9}' then
    update longrunning.op o
       set version = revision,
           update_time = i.at,
           cancel_request_time = case when i.kind = 4 then coalesce(i.cancel_request_time, i.at) else i.cancel_request_time end,
           last_request = case when i.kind <= 3 then i.request else o.last_request end,
           metadata = case when i.mask & 1 <> 0 then i.metadata else o.metadata end,
           done_units = case when i.mask & 2 <> 0 then i.done_units else o.done_units end,
           total_units = case when i.mask & 2 <> 0 then i.total_units else o.total_units end,
           unit = case when i.mask & 2 <> 0 then i.unit else o.unit end,
           message = case when i.mask & 2 <> 0 then i.message else o.message end,
           estimated_end_time = case when i.mask & 2 <> 0 then i.estimated_end_time else o.estimated_end_time end,
           reported_at = case when i.kind = 2 and i.mask & 2 <> 0 then case when i.done_units is not null then i.at end else o.reported_at end,
           rate = case when i.kind = 2 and i.mask & 2 <> 0 then i.rate else o.rate end,
           rate_us = case when i.kind = 2 and i.mask & 2 <> 0 then i.rate_us else o.rate_us end,
           reports = case when i.kind = 2 and i.mask & 2 <> 0 then i.reports else o.reports end,
           labels = case when i.mask & 4 <> 0 then i.labels::jsonb else o.labels end,
           signals = case when i.kind = 9
                          then coalesce(o.signals, '{}') || jsonb_build_object(i.message, (extract(epoch from i.at) * 1000000)::bigint)
                          else o.signals end,
           outcome = case when i.kind = 3 then i.outcome when i.ends > 0 then 2 else o.outcome end,
           result = case when i.kind = 3 or i.ends = 1 then i.result when i.ends = 2 then i.otherwise else o.result end,
           end_time = case when i.kind = 3 or i.ends > 0 then i.at else o.end_time end,
           expire_time = case when i.kind = 3 or i.ends > 0 then i.at + o.retention_us * interval '1 microsecond' else o.expire_time end
      from (select p_kinds[n.ord] as kind, verdicts[n.ord] as verdict, v_places[n.ord] as place,
                   times[n.ord] as at, cancels[n.ord] as cancel_request_time, v_ends[n.ord] as ends,
                   p_requests[n.ord] as request, p_masks[n.ord] as mask, p_metadata[n.ord] as metadata,
                   p_done[n.ord] as done_units, p_total[n.ord] as total_units, p_units[n.ord] as unit,
                   p_messages[n.ord] as message, estimates[n.ord] as estimated_end_time,
                   v_rates[n.ord] as rate, v_rate_us[n.ord] as rate_us, v_reports[n.ord] as reports,
                   p_labels[n.ord] as labels, p_outcomes[n.ord] as outcome, p_results[n.ord] as result,
                   p_otherwise[n.ord] as otherwise
            from generate_series(1, v_count) as n (ord)) as i
     where o.ctid = i.place and i.verdict = 0 and i.kind in (2, 3, 4, 5, 9);
  end if;

  if p_kinds && '{6,7}' then
    insert into longrunning.tombstone as t (version, at, create_request, lane, kind, key, collection)
    select revision, v_now, o.create_request, p_lane, i.kind, o.key, o.collection
    from (select p_kinds[n.ord] as kind, verdicts[n.ord] as verdict, v_places[n.ord] as place
          from generate_series(1, v_count) as n (ord)) as i
    join longrunning.op o on o.ctid = i.place
    where i.verdict = 0 and i.kind in (6, 7)
    on conflict on constraint tombstone_pkey do update
       set version = excluded.version, at = excluded.at, create_request = excluded.create_request,
           kind = excluded.kind, collection = excluded.collection;
    delete from longrunning.op o
     using (select p_kinds[n.ord] as kind, verdicts[n.ord] as verdict, v_places[n.ord] as place
            from generate_series(1, v_count) as n (ord)) as i
     where o.ctid = i.place and i.verdict = 0 and i.kind in (6, 7);
  end if;

  if v_leased > 0 then
    update longrunning.lease l
       set expires_at = i.expires_at, duration_us = coalesce(i.lease_us, l.duration_us)
      from (select p_kinds[n.ord] as kind, verdicts[n.ord] as verdict, v_lease_places[n.ord] as place,
                   lease_ends[n.ord] as expires_at, p_leases[n.ord] as lease_us
            from generate_series(1, v_count) as n (ord)) as i
     where l.ctid = i.place and (i.kind = 2 and i.verdict <= 2 or i.kind = 8 and i.verdict = 1);
    if p_kinds && '{3,4,5,6,7}' then
      delete from longrunning.lease l
       using (select p_kinds[n.ord] as kind, verdicts[n.ord] as verdict, v_lease_places[n.ord] as place,
                     v_ends[n.ord] as ends
              from generate_series(1, v_count) as n (ord)) as i
       where l.ctid = i.place and i.verdict = 0 and (i.kind in (3, 6, 7) or i.ends > 0);
    end if;
  end if;

  if v_applied > v_written then
    insert into longrunning.lease (expires_at, duration_us, window_us, token, request, lane, key)
    select i.expires_at, i.lease_us, 0, i.token, i.request, p_lane, i.key
    from (select p_keys[n.ord] as key, verdicts[n.ord] as verdict, p_requests[n.ord] as request,
                 p_tokens[n.ord] as token, p_leases[n.ord] as lease_us, lease_ends[n.ord] as expires_at
          from generate_series(1, v_count) as n (ord)) as i
    where i.verdict = 4
    on conflict on constraint lease_pkey do update
       set expires_at = excluded.expires_at, duration_us = excluded.duration_us, token = excluded.token,
           request = excluded.request;
  end if;

  if cardinality(array_remove(homes, null)) = 0 then
    homes := null;
  end if;
  -- A refused retry leaves a row too: otherwise the late arrival of its first attempt would find no trace of it.
  if v_applied > 0 or p_retry then
    v_homes := homes;
    if v_applied < v_count then
      select coalesce(array_agg(i.key), '{}'), coalesce(array_agg(i.kind), '{}'),
             case when count(i.home) > 0 then array_agg(i.home) end
        into p_keys, p_kinds, v_homes
      from (select p_keys[n.ord] as key, p_kinds[n.ord] as kind, homes[n.ord] as home
            from generate_series(1, v_count) as n (ord)
            where verdicts[n.ord] in (0, 4)
            order by n.ord) as i;
    end if;
    insert into longrunning.log (rev, at, sequence, writer, lane, keys, kinds, collections)
    values (revision, v_now, p_sequence, p_writer, p_lane, p_keys, p_kinds, v_homes);
  end if;
end $$;
