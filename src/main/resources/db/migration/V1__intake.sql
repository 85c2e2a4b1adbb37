-- The system of record. Every table starts with its tenant; nothing here is updated but the cells' epochs and checkpoints.

-- Who owns a tenant's state. A commit reads its cell FOR SHARE and writes nothing when the epoch is not its own, so raising the
-- epoch fences off every commit that is still on its way.
create table cells (
  tenant text   not null primary key,
  epoch  bigint not null
);

-- One row for each batch that was ever committed; outlives the batch itself, so that a sequence is never taken twice.
create table batch_keys (
  tenant       text   not null,
  terminal     text   not null,
  sequence     bigint not null,
  content_hash bytea  not null,
  ordinal      bigint not null,
  primary key (tenant, terminal, sequence)
);

-- The intake, insert-only. `xid` lets the relay read in commit-safe order: sequences commit out of order, transactions below the
-- oldest running one do not.
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
  primary key (tenant, ordinal)
);
create index tick_batches_relay on tick_batches (xid, id);
create index tick_batches_key on tick_batches (tenant, terminal, sequence);

create table signals (
  tenant      text             not null,
  decided_msc bigint           not null, -- UTC
  id          text             not null,
  terminal    text             not null,
  sequence    bigint           not null,
  symbol      text             not null,
  side        smallint         not null, -- sub30.v1.Side
  confidence  double precision not null,
  entry       double precision not null,
  stop        double precision not null,
  target      double precision not null,
  size        double precision not null,
  strategy    text             not null,
  reasons     text             not null, -- separated by commas; a reason code has none
  primary key (tenant, decided_msc, id)
);
create index signals_symbol on signals (tenant, symbol, decided_msc, id);
create index signals_terminal on signals (tenant, terminal, decided_msc, id);

-- A cell's state as of a committed batch; rebuilding is this and the later batches.
create table cell_checkpoints (
  tenant        text   not null primary key,
  ordinal       bigint not null,
  bridge_state  bytea  not null,
  trading_state bytea  not null,
  marks         bytea  not null  -- sub30.v1.CellMarks
);
