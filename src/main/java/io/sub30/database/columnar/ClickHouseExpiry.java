package io.sub30.database.columnar;

import io.sub30.config.RetentionConfig.Kept;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;

/**
 * One step of retention in ClickHouse: what has expired of the oldest month of reception. When that
 * is all of the month, its partitions are dropped; else each table has one mutation, which writes
 * the month's parts anew, and for that reason times of retention are rounded up to whole days of
 * UTC: there is one such step a day, not one an hour. Bars are kept as parts, one a batch, which go
 * with their batch.
 */
final class ClickHouseExpiry {

  private static final long DAY_MILLIS = 86_400_000;

  /** The batches last: while they are there, an interrupted step is found again. */
  private static final List<String> TABLES = List.of("ticks", "bars", "batches");

  private final ClickHouseHttp http;
  private final ClickHouseMutations mutations;
  private final Kept kept;
  private final long nowMsc;

  ClickHouseExpiry(ClickHouseHttp http, ClickHouseMutations mutations, Kept kept, long nowMsc) {
    this.http = http;
    this.mutations = mutations;
    this.kept = kept;
    this.nowMsc = nowMsc;
  }

  ExpiredRows step() {
    RowBinaryAnswer oldest =
        ask("SELECT toInt64(count()), toInt64(min(received_msc)) FROM batches WHERE " + expired());
    if (oldest.int64() == 0) {
      return ExpiredRows.NONE;
    }
    YearMonth month = YearMonth.from(Instant.ofEpochMilli(oldest.int64()).atOffset(ZoneOffset.UTC));
    long endMsc = month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond() * 1_000;
    String condition = expired() + " AND received_msc < " + endMsc;
    ExpiredRows rows = new ExpiredRows(count("batches", condition), count("ticks", condition));
    for (String table : TABLES) {
      if (endMsc <= earliestBeforeMsc()) {
        int partition = month.getYear() * 100 + month.getMonthValue();
        http.execute("ALTER TABLE " + table + " DROP PARTITION " + partition);
      } else {
        mutations.delete(table, condition);
      }
    }
    return rows;
  }

  /** Before it everything of everybody has expired. */
  private long earliestBeforeMsc() {
    long earliest = day(kept.othersBeforeMsc(nowMsc));
    for (String tenant : kept.tenants().keySet()) {
      earliest = Math.min(earliest, day(kept.beforeMsc(tenant, nowMsc)));
    }
    return earliest;
  }

  private String expired() {
    StringBuilder before = new StringBuilder("received_msc < ");
    if (!kept.tenants().isEmpty()) {
      before.append("multiIf(");
      kept.tenants()
          .keySet()
          .forEach(
              tenant ->
                  before
                      .append("tenant = ")
                      .append(SqlLiteral.of(tenant))
                      .append(", toInt64(")
                      .append(day(kept.beforeMsc(tenant, nowMsc)))
                      .append("), "));
    }
    before.append("toInt64(").append(day(kept.othersBeforeMsc(nowMsc))).append(')');
    return before.append(kept.tenants().isEmpty() ? "" : ")").toString();
  }

  private static long day(long msc) {
    return msc - msc % DAY_MILLIS;
  }

  /** Rows that are there twice, until the server has merged them, count twice. */
  private long count(String table, String condition) {
    return ask("SELECT toInt64(count()) FROM " + table + " WHERE " + condition).int64();
  }

  private RowBinaryAnswer ask(String query) {
    return new RowBinaryAnswer(http.read(query + ClickHouseStatements.FORMAT));
  }
}
