-- Roles that lanes take on, row-level security for every tenant table, and the intake by weeks. Wants PostgreSQL 17 or later, and a
-- user that owns the schema and may create roles, or to whom the roles below were granted. What V1 stored stays where it lies: its
-- table becomes the first partition.

do $$
declare
  role text;
begin
  foreach role in array array['sub30_writer', 'sub30_reader', 'sub30_cell', 'sub30_relay', 'sub30_keeper'] loop
    if not exists (select from pg_roles where rolname = role) then
      begin
        execute format('create role %I nologin', role);
      exception when duplicate_object or unique_violation then
        null; -- roles belong to the server: another database's migration was quicker
      end;
    end if;
    if not pg_has_role(current_user, role, 'SET') then
      execute format('grant %I to current_user with set true, inherit false', role);
    end if;
    execute format('grant usage on schema %I to %I', current_schema(), role);
  end loop;
end $$;

-- Up to which sequence a terminal's batches may be gone. At or below it nobody can tell a repeated batch from a new one.
create table retained_marks (
  tenant   text   not null,
  terminal text   not null,
  sequence bigint not null,
  primary key (tenant, terminal)
);

-- A cell hands out an ordinal once. The intake's own key cannot say so any more: it has to hold the column it is divided by.
create unique index batch_keys_ordinal on batch_keys (tenant, ordinal);

create function week_start(msc bigint) returns bigint language sql immutable
  return floor((msc - 345600000) / 604800000.0)::bigint * 604800000 + 345600000; -- Mondays, UTC

create function epoch_msc() returns bigint language sql stable
  return (extract(epoch from now()) * 1000)::bigint;

alter table tick_batches rename to tick_batches_past;
alter table tick_batches_past alter column id drop identity;
alter table tick_batches_past drop constraint tick_batches_pkey;
alter index tick_batches_relay rename to tick_batches_past_relay;
drop index tick_batches_key; -- look-ups go by batch_keys and the ordinal
alter table tick_batches_past add constraint tick_batches_past_pkey primary key (tenant, ordinal, received_msc);

create table tick_batches (
  id           bigint generated always as identity,
  xid          xid8   not null default pg_current_xact_id(),
  tenant       text   not null,
  terminal     text   not null,
  sequence     bigint not null,
  ordinal      bigint not null, -- of the batch in its tenant's cell
  received_msc bigint not null, -- UTC, of the server
  tick_count   int    not null,
  ticks        bytea  not null, -- sub30.v1.TickColumns: the accepted ones, normalised
  inputs       bytea  not null, -- sub30.v1.StoredInputs
  outcome      bytea  not null, -- sub30.v1.TickResult without what belongs to one request only
  primary key (tenant, ordinal, received_msc)
) partition by range (received_msc);
create index tick_batches_relay on tick_batches (xid, id);

do $$
declare
  until bigint;
  last_id bigint;
begin
  select greatest(week_start(epoch_msc()), week_start(max(received_msc)) + 604800000), max(id)
    into until, last_id from tick_batches_past;
  execute format('alter table tick_batches attach partition tick_batches_past for values from (minvalue) to (%s)', until);
  if last_id is not null then
    execute format('alter table tick_batches alter column id restart with %s', last_id + 1);
  end if;
end $$;
-- For a clock that is far ahead. Empty as long as all is well.
create table tick_batches_default partition of tick_batches default;

-- Makes the partitions from where they end to so many weeks from now; how many it made. Attaching lets commits go on meanwhile.
-- A week of which the default holds rows already is left to the default.
create function tick_batches_ahead(weeks int) returns int language plpgsql as $$
declare
  week constant bigint := 604800000;
  start bigint;
  part text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('sub30.tick_batches'));
  select greatest(week_start(epoch_msc()), max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''?(-?\d+)')::bigint))
    into start
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'tick_batches'::regclass;
  while start <= week_start(epoch_msc()) + weeks * week loop
    part := 'tick_batches_' || to_char(to_timestamp(start / 1000) at time zone 'UTC', 'YYYYMMDD');
    begin
      execute format('create table %I (like tick_batches including defaults including constraints)', part);
      execute format('alter table %I enable row level security', part);
      execute format('alter table %I force row level security', part);
      execute format('alter table tick_batches attach partition %I for values from (%s) to (%s)', part, start, start + week);
      made := made + 1;
    exception when check_violation then
      raise warning 'tick_batches_default holds rows of the week from %; they stay there', start;
    end;
    start := start + week;
  end loop;
  return made;
end $$;

select tick_batches_ahead(8);

-- Everybody but a superuser is bound by the policies below, the owner too. Partitions have none: they are reached through their
-- parent only, and nobody is granted anything on them.
do $$
declare
  part text;
begin
  foreach part in array array['cells', 'batch_keys', 'tick_batches', 'tick_batches_past', 'tick_batches_default', 'signals',
                              'cell_checkpoints', 'retained_marks'] loop
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
  end loop;
end $$;

-- sub30_writer: the commit of every tenant, which reads no more than it must: whose the cell is, and which keys there are.
grant select (tenant, epoch), update (epoch) on cells to sub30_writer;
create policy writer_reads on cells for select to sub30_writer using (true);
create policy writer_holds on cells for update to sub30_writer using (true) with check (false); -- FOR SHARE asks for it
grant insert on batch_keys, tick_batches, signals to sub30_writer;
grant select (tenant, terminal, sequence, content_hash) on batch_keys to sub30_writer;
create policy writer_reads on batch_keys for select to sub30_writer using (true);
create policy writer_adds on batch_keys for insert to sub30_writer with check (true);
create policy writer_adds on tick_batches for insert to sub30_writer with check (true);
create policy writer_adds on signals for insert to sub30_writer with check (true);

-- sub30_reader and sub30_cell: one tenant, the one that the transaction has set. Without one they see nothing.
grant select on batch_keys, tick_batches, signals, retained_marks to sub30_reader;
grant select on cells, batch_keys, tick_batches, cell_checkpoints, retained_marks to sub30_cell;
grant insert, update on cells, cell_checkpoints to sub30_cell;
create policy own on signals for select to sub30_reader using (tenant = current_setting('sub30.tenant', true));
create policy own on batch_keys for select to sub30_reader, sub30_cell using (tenant = current_setting('sub30.tenant', true));
create policy own on tick_batches for select to sub30_reader, sub30_cell using (tenant = current_setting('sub30.tenant', true));
create policy own on retained_marks for select to sub30_reader, sub30_cell using (tenant = current_setting('sub30.tenant', true));
create policy own on cells to sub30_cell using (tenant = current_setting('sub30.tenant', true));
create policy own on cell_checkpoints to sub30_cell using (tenant = current_setting('sub30.tenant', true));

-- sub30_relay: reads the intake of all tenants, and nothing else.
grant select on tick_batches to sub30_relay;
create policy relayed on tick_batches for select to sub30_relay using (true);

-- sub30_keeper: what counts, expires and erases. No request ever runs as it.
grant select, delete on cells, batch_keys, tick_batches, signals, cell_checkpoints, retained_marks to sub30_keeper;
grant insert, update on retained_marks to sub30_keeper;
create policy kept on cells to sub30_keeper using (true);
create policy kept on batch_keys to sub30_keeper using (true);
create policy kept on tick_batches to sub30_keeper using (true);
create policy kept on signals to sub30_keeper using (true);
create policy kept on cell_checkpoints to sub30_keeper using (true);
create policy kept on retained_marks to sub30_keeper using (true);
