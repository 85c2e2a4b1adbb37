package io.sub30.database.postgres;

import io.sub30.config.RetentionConfig.Kept;
import io.sub30.database.postgres.Retention.Relayed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Drops whole weeks of the intake, which costs nothing a row. A week goes when it ended at least a
 * day ago, and every tenant's batches in it have expired and are part of the tenant's checkpoint,
 * and the relay is past it. The terminals' marks are raised first, page by page, each page a
 * transaction: until the week is gone its sequences are known as expired, which they are.
 *
 * <p>Dropping wants the intake for itself for a moment. It gives up when it would have to wait for
 * {@value #WAIT_MILLIS} ms, as commits queue behind it meanwhile; the next run tries again.
 * Blocking.
 */
public final class ExpiredWeeks {

  static final int WAIT_MILLIS = 50;

  private static final int PAGE = 10_000;

  /** A week that ended just now may still get a batch, when a clock is set back. */
  private static final long LEAST_AGE_MILLIS = 24L * 60 * 60 * 1_000;

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final String WEEKS =
      "select c.relname, substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM"
          + " \\(''?(-?\\d+)')::bigint as start, substring(pg_get_expr(c.relpartbound, c.oid) from"
          + " 'TO \\(''?(-?\\d+)')::bigint as finish from pg_inherits i join pg_class c on c.oid ="
          + " i.inhrelid where i.inhparent = 'tick_batches'::regclass and c.relname ~"
          + " '^tick_batches_[0-9]{8}$' order by start limit 1000";

  private static final String IN_WEEK =
      " from tick_batches where received_msc >= ? and received_msc < ?";

  private static final String NEWEST =
      "select t.xid::text, t.id from tick_batches t where received_msc >= ? and received_msc < ?"
          + " order by t.xid desc, t.id desc limit 1";

  private static final String AHEAD_OF_RELAY =
      "select exists (select" + IN_WEEK + " and (xid, id) > (?::text::xid8, ?))";

  private static final String NEXT_TENANT =
      "select tenant" + IN_WEEK + " and tenant > ? order by tenant limit 1";

  private static final String AHEAD_OF_CHECKPOINT =
      "select exists (select"
          + IN_WEEK
          + " and tenant = ? and ordinal > coalesce((select ordinal from cell_checkpoints where"
          + " tenant = ?), 0))";

  private static final String MARKS =
      """
      with page as (
        select ordinal, terminal, sequence from tick_batches
        where received_msc >= ? and received_msc < ? and tenant = ? and ordinal > ? order by ordinal limit %d
      ), marks as (
        insert into retained_marks (tenant, terminal, sequence)
        select ?, terminal, max(sequence) from page group by terminal
        on conflict (tenant, terminal) do update set sequence = greatest(retained_marks.sequence, excluded.sequence)
      )
      select count(*), coalesce(max(ordinal), 0) from page
      """
          .formatted(PAGE);

  private final Connection connection;
  private final Kept kept;
  private final long nowMsc;
  private final Relayed relayed;

  private record Week(String name, long startMsc, long finishMsc) {}

  /** What went. */
  public record Dropped(int weeks, long batches) {}

  ExpiredWeeks(Connection connection, Kept kept, long nowMsc, Relayed relayed) {
    this.connection = connection;
    this.kept = kept;
    this.nowMsc = nowMsc;
    this.relayed = relayed;
  }

  Dropped drop(BooleanSupplier goOn) throws SQLException {
    int dropped = 0;
    long batches = 0;
    for (Week week : weeks()) {
      if (week.finishMsc() > nowMsc - LEAST_AGE_MILLIS || !goOn.getAsBoolean()) {
        break;
      }
      Optional<String> newest = newest(week);
      List<String> tenants = new ArrayList<>();
      if (newest.isPresent() && !mayGo(week, tenants)) {
        continue;
      }
      long rows = raiseMarks(week, tenants, goOn);
      if (goOn.getAsBoolean() && drop(week, newest)) {
        dropped++;
        batches += rows;
      }
    }
    return new Dropped(dropped, batches);
  }

  private List<Week> weeks() throws SQLException {
    List<Week> weeks = new ArrayList<>();
    try (Statement select = connection.createStatement();
        ResultSet rows = select.executeQuery(WEEKS)) {
      while (rows.next()) {
        weeks.add(new Week(rows.getString(1), rows.getLong(2), rows.getLong(3)));
      }
    }
    return weeks;
  }

  /** Through the parent and as the keeper: of a partition itself the owner sees no row. */
  private PreparedStatement about(Week week, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setLong(1, week.startMsc());
    statement.setLong(2, week.finishMsc());
    return statement;
  }

  private Optional<String> newest(Week week) throws SQLException {
    try (PreparedStatement select = about(week, NEWEST);
        ResultSet rows = select.executeQuery()) {
      return rows.next()
          ? Optional.of(rows.getString(1) + '/' + rows.getLong(2))
          : Optional.empty();
    }
  }

  /** Whether nothing in the week is to stay; {@code tenants} then has all that are in it. */
  private boolean mayGo(Week week, List<String> tenants) throws SQLException {
    try (PreparedStatement ahead = about(week, AHEAD_OF_RELAY)) {
      ahead.setString(3, relayed.xid());
      ahead.setLong(4, relayed.id());
      if (holds(ahead)) {
        return false;
      }
    }
    try (PreparedStatement next = about(week, NEXT_TENANT);
        PreparedStatement ahead = about(week, AHEAD_OF_CHECKPOINT)) {
      String tenant = "";
      while (true) {
        next.setString(3, tenant);
        try (ResultSet row = next.executeQuery()) {
          if (!row.next()) {
            return true;
          }
          tenant = row.getString(1);
        }
        ahead.setString(3, tenant);
        ahead.setString(4, tenant);
        if (week.finishMsc() > kept.beforeMsc(tenant, nowMsc) || holds(ahead)) {
          return false;
        }
        tenants.add(tenant);
      }
    }
  }

  private static boolean holds(PreparedStatement question) throws SQLException {
    try (ResultSet row = question.executeQuery()) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** How many batches the week has. */
  private long raiseMarks(Week week, List<String> tenants, BooleanSupplier goOn)
      throws SQLException {
    long batches = 0;
    try (PreparedStatement page = about(week, MARKS)) {
      for (String tenant : tenants) {
        long ordinal = 0;
        long rows = PAGE;
        while (rows == PAGE && goOn.getAsBoolean()) {
          page.setString(3, tenant);
          page.setLong(4, ordinal);
          page.setString(5, tenant);
          try (ResultSet row = page.executeQuery()) {
            row.next();
            rows = row.getLong(1);
            ordinal = row.getLong(2);
          }
          batches += rows;
        }
      }
    }
    return batches;
  }

  /**
   * Looks again once nobody can write there any more, and leaves the week when something came. Its
   * name was read as a plain one.
   */
  private boolean drop(Week week, Optional<String> newest) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local lock_timeout = " + WAIT_MILLIS);
      statement.execute("set local role none");
      statement.execute("lock table tick_batches in access exclusive mode");
      statement.execute("set local role " + Role.KEEPER.sqlName());
      boolean same = newest(week).equals(newest);
      if (same) {
        statement.execute("set local role none");
        statement.execute("drop table " + week.name());
      }
      connection.commit();
      return same;
    } catch (SQLException e) {
      connection.rollback();
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
