package io.sub30.database.postgres;

import io.sub30.database.BatchWriter;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.StoredInputs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Writes groups of batches: keys, batches and signals in one statement, so in one transaction and
 * one round trip.
 *
 * <p>The statement reads each writer's cell FOR SHARE: a batch whose epoch is stale joins nothing
 * and writes nothing. Tenants are named twice there: the pair alone would be looked for in all
 * cells. Keys are inserted in order, so that two groups never wait for each other in a circle. A
 * sequence at or below its terminal's retained mark counts as taken: its key may be gone.
 * Lane-bound; not thread-safe.
 */
public final class Intake implements BatchWriter {

  private static final String SQL =
      """
      with input as (
        select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bigint[], $8::int[],
                             $9::bytea[], $10::bytea[], $11::bytea[])
          as i(tenant, terminal, sequence, epoch, ordinal, content_hash, received_msc, tick_count, ticks, inputs, outcome)
      ), owned as (
        select c.tenant, c.epoch from cells c
        where c.tenant = any ($1::text[]) and (c.tenant, c.epoch) in (select * from unnest($1::text[], $4::bigint[]))
        for share
      ), keys as (
        insert into batch_keys (tenant, terminal, sequence, content_hash, ordinal)
        select tenant, terminal, sequence, content_hash, ordinal from input join owned using (tenant, epoch)
        where coalesce(sequence > (select m.sequence from retained_marks m
                                   where m.tenant = input.tenant and m.terminal = input.terminal), true)
        order by tenant, terminal, sequence
        on conflict (tenant, terminal, sequence) do nothing
        returning tenant, terminal, sequence
      ), batches as (
        insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count, ticks, inputs, outcome)
        select tenant, terminal, sequence, ordinal, received_msc, tick_count, ticks, inputs, outcome
        from input join keys using (tenant, terminal, sequence)
      ), decided as (
        insert into signals (tenant, decided_msc, id, terminal, sequence, symbol, side, confidence, entry, stop, target, size,
                             strategy, reasons)
        select tenant, decided_msc, id, terminal, sequence, symbol, side, confidence, entry, stop, target, size, strategy, reasons
        from unnest($12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::smallint[], $19::float8[],
                    $20::float8[], $21::float8[], $22::float8[], $23::float8[], $24::text[], $25::text[])
          as s(tenant, terminal, sequence, decided_msc, id, symbol, side, confidence, entry, stop, target, size, strategy, reasons)
        join keys using (tenant, terminal, sequence)
      )
      select (k.tenant is not null) as stored, (o.tenant is not null) as owned
      from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality as i(tenant, terminal, sequence, position)
      left join keys k using (tenant, terminal, sequence)
      left join owned o on o.tenant = i.tenant
      order by position
      """;

  private final Supplier<Pool> pool;

  /** A writer on the pool that is current when it writes; it must have been made on the lane. */
  public Intake(Supplier<Pool> pool) {
    this.pool = pool;
  }

  @Override
  public Future<List<Written>> write(List<Write> group) {
    return write(pool.get(), group).recover(failure -> Future.failedFuture(classify(failure)));
  }

  static Future<List<Written>> write(SqlClient client, List<Write> group) {
    return client
        .preparedQuery(SQL)
        .execute(parameters(group))
        .map(rows -> outcomes(rows, group.size()));
  }

  private static List<Written> outcomes(RowSet<Row> rows, int size) {
    List<Written> outcomes = new ArrayList<>(size);
    for (Row row : rows) {
      boolean stored = row.getBoolean(0);
      boolean owned = row.getBoolean(1);
      outcomes.add(stored ? Written.STORED : owned ? Written.KEY_TAKEN : Written.FENCED);
    }
    return outcomes;
  }

  /**
   * An error the server reported rolled the transaction back; whatever else happened, nobody knows.
   */
  private static Throwable classify(Throwable failure) {
    if (failure instanceof PgException reported && !reported.getSqlState().startsWith("57P")) {
      return failure;
    }
    if (failure instanceof ConnectException) {
      return failure; // never left this process
    }
    return new OutcomeUnknown("the commit's outcome is unknown: " + failure.getMessage());
  }

  private static Tuple parameters(List<Write> group) {
    int n = group.size();
    String[] tenants = new String[n];
    String[] terminals = new String[n];
    Long[] sequences = new Long[n];
    Long[] epochs = new Long[n];
    Long[] ordinals = new Long[n];
    Buffer[] hashes = new Buffer[n];
    Long[] received = new Long[n];
    Integer[] counts = new Integer[n];
    Buffer[] ticks = new Buffer[n];
    Buffer[] inputs = new Buffer[n];
    Buffer[] outcomes = new Buffer[n];
    SignalColumns signals = new SignalColumns();
    for (int i = 0; i < n; i++) {
      StoreRequest request = group.get(i).request();
      tenants[i] = group.get(i).tenant();
      terminals[i] = request.getTerminal();
      sequences[i] = request.getSequence();
      epochs[i] = request.getEpoch();
      ordinals[i] = request.getOrdinal();
      hashes[i] = Buffer.buffer(request.getContentHash().toByteArray());
      received[i] = request.getReceivedMsc();
      counts[i] = request.getTicks().getTimeMscCount();
      ticks[i] = Buffer.buffer(request.getTicks().toByteArray());
      inputs[i] = Buffer.buffer(inputs(request).toByteArray());
      outcomes[i] = Buffer.buffer(request.getOutcome().toByteArray());
      signals.add(tenants[i], request);
    }
    Tuple tuple =
        Tuple.tuple(new ArrayList<>(25))
            .addValue(tenants)
            .addValue(terminals)
            .addValue(sequences)
            .addValue(epochs)
            .addValue(ordinals)
            .addValue(hashes)
            .addValue(received)
            .addValue(counts)
            .addValue(ticks)
            .addValue(inputs)
            .addValue(outcomes);
    return signals.addTo(tuple);
  }

  private static StoredInputs inputs(StoreRequest request) {
    return StoredInputs.newBuilder()
        .addAllSymbols(request.getSymbolsList())
        .setStrategiesVersion(request.getStrategiesVersion())
        .build();
  }

  /** The signals of a group by column; HOLD is in the batch's outcome and needs no row. */
  private static final class SignalColumns {
    private final List<String> tenants = new ArrayList<>();
    private final List<String> terminals = new ArrayList<>();
    private final List<Long> sequences = new ArrayList<>();
    private final List<Long> decided = new ArrayList<>();
    private final List<Signal> signals = new ArrayList<>();

    void add(String tenant, StoreRequest request) {
      for (Signal signal : request.getOutcome().getSignalsList()) {
        if (signal.getSide() == Side.BUY || signal.getSide() == Side.SELL) {
          tenants.add(tenant);
          terminals.add(request.getTerminal());
          sequences.add(request.getSequence());
          decided.add(request.getReceivedMsc());
          signals.add(signal);
        }
      }
    }

    Tuple addTo(Tuple tuple) {
      return tuple
          .addValue(tenants.toArray(String[]::new))
          .addValue(terminals.toArray(String[]::new))
          .addValue(sequences.toArray(Long[]::new))
          .addValue(decided.toArray(Long[]::new))
          .addValue(signals.stream().map(Signal::getId).toArray(String[]::new))
          .addValue(signals.stream().map(Signal::getSymbol).toArray(String[]::new))
          .addValue(signals.stream().map(s -> (short) s.getSideValue()).toArray(Short[]::new))
          .addValue(signals.stream().map(Signal::getConfidence).toArray(Double[]::new))
          .addValue(signals.stream().map(Signal::getEntry).toArray(Double[]::new))
          .addValue(signals.stream().map(Signal::getStop).toArray(Double[]::new))
          .addValue(signals.stream().map(Signal::getTarget).toArray(Double[]::new))
          .addValue(signals.stream().map(Signal::getSize).toArray(Double[]::new))
          .addValue(signals.stream().map(Signal::getStrategy).toArray(String[]::new))
          .addValue(
              signals.stream()
                  .map(s -> String.join(",", s.getReasonsList()))
                  .toArray(String[]::new));
    }
  }
}
