package io.sub30.database.postgres;

import io.sub30.config.RetentionConfig.Kept;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Removes what has expired from the system of record, in steps of at most {@value #STEP} rows, each
 * one short statement and so one short transaction: a long one would hold up the relay. Blocking;
 * on a connection of its own, as {@link Role#KEEPER}.
 *
 * <p>A tenant's batches go from the lowest ordinal up, as long as they have expired, are relayed,
 * and are part of the cell's checkpoint: a cell is restored from its checkpoint and all later
 * batches. The terminals' retained marks are raised in the same statement, so that a sequence whose
 * batch is gone is known as expired from then on. Keys go later, see {@link #marksAreSeen}.
 */
public final class Retention implements AutoCloseable {

  static final int STEP = 1_000;

  /** Tenants read at a time. */
  static final int PAGE = 500;

  /** Of advisory locks: "sub30" and a number; the spool's owner has 1. */
  private static final long LOCK = 0x7375_6233_3000_0002L;

  private static final String TENANTS =
      "select tenant from cells where tenant > ? order by tenant limit " + PAGE;

  static final String BATCHES =
      """
      with head as (
        select ordinal, terminal, sequence, (received_msc < ? and (xid, id) <= (?::text::xid8, ?)) as gone
        from tick_batches
        where tenant = ? and ordinal <= (select ordinal from cell_checkpoints where tenant = ?)
        order by ordinal limit %d
      ), bound as (
        select coalesce((select min(ordinal) - 1 from head where not gone), (select max(ordinal) from head)) as ordinal
      ), marks as (
        insert into retained_marks (tenant, terminal, sequence)
        select ?, terminal, max(sequence) from head where ordinal <= (select ordinal from bound) group by terminal
        on conflict (tenant, terminal) do update set sequence = greatest(retained_marks.sequence, excluded.sequence)
      )
      delete from tick_batches where tenant = ? and ordinal <= (select ordinal from bound)
      """
          .formatted(STEP);

  static final String SIGNALS =
      "delete from signals where ctid = any (array(select ctid from signals where tenant = ? and"
          + " decided_msc < ? order by decided_msc limit "
          + STEP
          + "))";

  static final String KEYS =
      "delete from batch_keys k using (select b.tenant, b.terminal, b.sequence from retained_marks"
          + " m join batch_keys b on b.tenant = m.tenant and b.terminal = m.terminal and b.sequence"
          + " <= m.sequence where m.tenant = ? limit "
          + STEP
          + ") old where k.tenant = old.tenant and k.terminal = old.terminal and k.sequence ="
          + " old.sequence";

  private static final String OLDER_SNAPSHOTS =
      "select count(*) from pg_stat_activity where datname = current_database() and backend_type ="
          + " 'client backend' and pid <> pg_backend_pid() and backend_xmin is not null and"
          + " xact_start < ?::timestamptz";

  private final Connection connection;

  /** How far the intake is relayed: a transaction id as PostgreSQL writes it, and a row's id. */
  public record Relayed(String xid, long id) {}

  /** What one step removed. */
  public record Step(long batches, long signals) {

    /** Whether there may be more. */
    public boolean removedAny() {
      return batches > 0 || signals > 0;
    }
  }

  private Retention(Connection connection) {
    this.connection = connection;
  }

  /** Connects as the schema's owner, who alone may drop a week; all else is done as the keeper. */
  public static Retention open(PostgresUri server) throws SQLException {
    Connection connection = Schema.connect(server);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set statement_timeout = '30s'");
      statement.execute("set role " + Role.KEEPER.sqlName());
      return new Retention(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Whether this is the only keeper at work on the database; until it is closed no other one is.
   */
  public boolean isAlone() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** The next tenants by name, at most {@value #PAGE}; the first ones after an empty name. */
  public List<String> tenantsAfter(String tenant) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(TENANTS)) {
      select.setString(1, tenant);
      List<String> tenants = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          tenants.add(rows.getString(1));
        }
      }
      return tenants;
    }
  }

  /**
   * One step for a tenant.
   *
   * @param beforeMsc what was received or decided before has expired; ms since the epoch, UTC
   * @param relayed nothing beyond is touched
   */
  public Step step(String tenant, long beforeMsc, Relayed relayed) throws SQLException {
    long batches;
    try (PreparedStatement delete = connection.prepareStatement(BATCHES)) {
      delete.setLong(1, beforeMsc);
      delete.setString(2, relayed.xid());
      delete.setLong(3, relayed.id());
      for (int parameter = 4; parameter <= 7; parameter++) {
        delete.setString(parameter, tenant);
      }
      batches = delete.executeUpdate();
    }
    try (PreparedStatement delete = connection.prepareStatement(SIGNALS)) {
      delete.setString(1, tenant);
      delete.setLong(2, beforeMsc);
      return new Step(batches, delete.executeUpdate());
    }
  }

  /**
   * Drops the weeks of which everything has expired, is relayed and is part of a checkpoint.
   *
   * @param goOn asked now and then; false: it ends early
   */
  public ExpiredWeeks.Dropped dropWeeks(
      Kept kept, long nowMsc, Relayed relayed, BooleanSupplier goOn) throws SQLException {
    return new ExpiredWeeks(connection, kept, nowMsc, relayed).drop(goOn);
  }

  /** The server's time, for {@link #marksAreSeen}. */
  public String now() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select clock_timestamp()::text")) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * Whether every statement sees the marks that were raised before a moment: no snapshot is older
   * than it. Only then may keys go. A commit that sees neither the mark nor, since it meets the
   * newest state of an index, the key, would take an old sequence for a new one.
   *
   * @param moment of {@link #now}
   */
  public boolean marksAreSeen(String moment) throws SQLException {
    try (Statement role = connection.createStatement()) {
      // The keeper is not shown what other users do; the lanes are this session's own user.
      role.execute("set role none");
      try (PreparedStatement count = connection.prepareStatement(OLDER_SNAPSHOTS)) {
        count.setString(1, moment);
        try (ResultSet row = count.executeQuery()) {
          row.next();
          return row.getLong(1) == 0;
        }
      } finally {
        role.execute("set role " + Role.KEEPER.sqlName());
      }
    }
  }

  /** Deletes keys at or below the tenant's marks; how many, 0 when there are none left. */
  public long stepKeys(String tenant) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(KEYS)) {
      delete.setString(1, tenant);
      return delete.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
