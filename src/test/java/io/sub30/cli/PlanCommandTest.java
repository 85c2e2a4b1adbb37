package io.sub30.cli;

import static io.sub30.budget.Ledgers.EPOCH_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sub30.budget.Ledger;
import io.sub30.budget.Ledgers;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PlanCommandTest {

  /** A database that needs 6 ms of its 5, and nobody else who needs much. */
  private static final long[] SLOW_COMMIT = {300, 200, 500, 6_000, 1_000, 400, 10, 300};

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Plan plan = Plans.specified();
  @TempDir Path folder = Path.of("");

  @Test
  void call_dataFolder_printsWhereTheTimeWentAndABetterSplit() throws IOException {
    record("000001.ledgers", Tier.ENTERPRISE, EPOCH_MILLIS, 600, SLOW_COMMIT);
    record("000002.ledgers", Tier.ENTERPRISE, EPOCH_MILLIS + 1_000, 600, 100, 100, 100, 1_000);

    assertThat(execute("--data", folder.toString())).isZero();

    assertThat(err.toString()).isEmpty();
    List<String> lines = out.toString().lines().toList();
    assertThat(cells(lines, "client_gateway"))
        .startsWith("client_gateway", "2.0")
        .endsWith("0", "2.0", "0");
    // budget now, p50, p95, p99, share, slack, violations now, proposed, violations then
    List<String> database = cells(lines, "database_service");
    assertThat(database.get(1)).isEqualTo("5.0");
    assertThat(Double.parseDouble(database.get(4))).isBetween(5.9, 6.1);
    assertThat(database.get(5)).isEqualTo("69.9%"); // 7,000 of 10,010 us
    assertThat(Double.parseDouble(database.get(6))).isBetween(-1.1, -0.9);
    assertThat(database.subList(7, 10)).containsExactly("600", "7.5", "0");
    assertThat(cells(lines, "network_buffer"))
        .containsExactly(
            "network_buffer", "3.0", "0.000", "0.000", "0.000", "0.0%", "3.000", "0", "3.0", "0");
    assertThat(cells(lines, "unattributed")).containsExactly("unattributed", "0.0%");
    assertThat(cells(lines, "total")).startsWith("total", "30.0").contains("100.0%");
    assertThat(lines)
        .contains(
            "1200 requests from 2026-01-05T12:00:00Z to 2026-01-05T12:00:01Z",
            "violated lines: now 600, then 0",
            "requests with at least one violated line: now 600, then 0",
            "lines above 80 % of their budget: now 600, then 0");
  }

  @Test
  void call_write_printsAConfigurationThatLoads() throws IOException {
    record("000001.ledgers", Tier.ENTERPRISE, EPOCH_MILLIS, 1_000, SLOW_COMMIT);

    assertThat(execute("--data", folder.toString(), "--write")).isZero();

    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .startsWith("budget:\n  total: 30ms\n  lines:\n    client_gateway: ")
        .contains("\n    database_service: 7500us\n", "\n    network_buffer: 3ms\n");
    Path file = Files.writeString(folder.resolve("f.yaml"), out.toString());
    Plan loaded = Sub30Config.load(Optional.of(file), Map.of(), Map.of()).plan();
    assertThat(loaded.totalNanos()).isEqualTo(30_000_000);
    assertThat(loaded.lines().get(3).budget()).isEqualTo(Duration.ofNanos(7_500_000));
    assertThat(loaded.totalNanos(Tier.PRO)).isEqualTo(100_000_000);

    out.getBuffer().setLength(0);
    assertThat(execute("--data", folder.toString(), "--config", file.toString())).isZero();
    assertThat(out.toString())
        .contains("violated lines: now 0, then 0", "no split does better than the present one");
    assertThat(err.toString()).contains("1000 of the requests were recorded under another split");
  }

  @Test
  void call_tier_countsThatTierOnlyInProportion() throws IOException {
    record("000001.ledgers", Tier.ENTERPRISE, EPOCH_MILLIS, 10, SLOW_COMMIT);
    record("000002.ledgers", Tier.PRO, EPOCH_MILLIS, 20, 0, 0, 0, 10_000);

    assertThat(execute("--data", folder.toString(), "--tier", "pro")).isZero();

    List<String> database = cells(out.toString().lines().toList(), "database_service");
    assertThat(Double.parseDouble(database.get(4))).isBetween(2.97, 3.03);
    assertThat(database.get(7)).isEqualTo("0");
    assertThat(out.toString()).contains("20 requests from");
    assertThat(err.toString()).contains("20 requests are few");
  }

  @Test
  void call_since_leavesOutWhatIsOlder() throws IOException {
    long hour = 3_600_000;
    record("000001.ledgers", Tier.FREE, EPOCH_MILLIS - hour - 1, 5, 1_000);
    record("000002.ledgers", Tier.FREE, EPOCH_MILLIS - hour, 7, 1_000);

    assertThat(execute("--data", folder.toString(), "--since", "1h")).isZero();
    assertThat(out.toString()).contains("7 requests from");

    assertThat(execute("--data", folder.toString(), "--since", "59m")).isEqualTo(1);
    assertThat(err.toString()).contains("none of the 12 ledgers is wanted; --since 59m: widen");
  }

  @Test
  void call_answered_leavesOutWhatWasRefusedFailedOrLate() throws IOException {
    record("000001.ledgers", Tier.ENTERPRISE, EPOCH_MILLIS, 95, 1_000);
    Path late = folder.resolve("ledgers/000002.ledgers");
    Ledgers.Kind kind = new Ledgers.Kind(Tier.ENTERPRISE, RequestOutcome.LATE);
    List<Ledger> six = Collections.nCopies(6, Ledgers.spent(plan, 100, 29_900));
    Ledgers.write(late, kind, EPOCH_MILLIS, six);

    assertThat(execute("--data", folder.toString())).isZero();
    assertThat(out.toString()).contains("101 requests from", "violated lines: now 6");
    assertThat(err.toString()).contains("6 of the 101 requests were refused, failed or late");

    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    assertThat(execute("--data", folder.toString(), "--answered")).isZero();
    assertThat(out.toString()).contains("95 requests from", "violated lines: now 0");
    assertThat(err.toString()).doesNotContain("refused");
  }

  @Test
  void call_reserve_letsTheContingencyBeSpent() throws IOException {
    Path file = record("x.ledgers", Tier.ENTERPRISE, EPOCH_MILLIS, 10, 0, 0, 0, 25_000, 0, 0, 0, 0);

    assertThat(execute("--file", file.toString())).isZero();
    assertThat(out.toString()).contains("violated lines: now 10, then 10");

    assertThat(execute("--file", file.toString(), "--reserve", "500us")).isZero();
    assertThat(out.toString()).contains("violated lines: now 10, then 0");
  }

  @Test
  void call_noLedgers_isOneAndSaysHowToRecordSome() {
    Path nowhere = folder.resolve("nowhere");

    assertThat(execute("--data", nowhere.toString(), "--write")).isEqualTo(1);

    assertThat(err.toString())
        .contains("no ledgers in " + nowhere.resolve("ledgers"))
        .contains("budget.record is true");
    assertThat(out.toString()).isEmpty();
    assertThat(nowhere).as("a look makes nothing").doesNotExist();
  }

  @Test
  void call_tornFile_saysWhatIsLeftOut() throws IOException {
    Path file = record("x.ledgers", Tier.FREE, EPOCH_MILLIS, 3, 1_000);
    Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);

    assertThat(execute("--file", file.toString())).isZero();

    assertThat(out.toString()).contains("3 requests from");
    assertThat(err.toString()).contains(file + ": its last 3 bytes hold no whole ledger");
  }

  @Test
  void call_foreignFile_isTwoAndNamesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("ticks.csv"), "time,bid,ask");

    assertThat(refusal("--file", file.toString()))
        .isEqualTo(
            file + " is no file of ledgers; it must be one that a server wrote under DATA/ledgers");
  }

  @Test
  void call_otherLines_isTwoAndNamesThem() throws IOException {
    Plan other =
        new Plan(
            List.of(
                new Plan.Line("edge", Duration.ofMillis(10)),
                new Plan.Line("core", Duration.ofMillis(20))),
            Duration.ofMillis(30),
            Plans.TIERS);
    Path file =
        Ledgers.write(
            folder.resolve("x.ledgers"),
            Tier.FREE,
            EPOCH_MILLIS,
            List.of(Ledgers.spent(other, 1, 2)));

    assertThat(refusal("--file", file.toString()))
        .startsWith(file + ": its ledgers have the lines [edge, core]; they must have [client_")
        .contains("network_buffer]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--tier gold | --tier gold: must be free, pro or enterprise",
        "--since 5 | --since 5: must be a number and a unit, us, ms, s, m, h or d, e.g. 24h",
        "--reserve -1ms | --reserve -1ms: must be a number and a unit",
        "--file /no/such.ledgers | --file /no/such.ledgers: there is no such readable file",
        "--wirte | Unknown option",
      })
  void call_badUsage_isTwoAndSaysWhatWouldBeRight(String arguments, String message) {
    assertThat(execute(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void call_totalThatCannotBeSplit_isTwo() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("c.yaml"), "budget: {total: 30050us, lines: {network_buffer: 3050us}}");

    assertThat(refusal("--config", config.toString()))
        .isEqualTo(
            "budget.total: a total of 30050 us cannot be split; it must be a multiple of 100 us,"
                + " at most 1 s");
  }

  private Path record(String name, Tier tier, long epochMillis, int count, long... micros)
      throws IOException {
    Path ledgers = Files.createDirectories(folder.resolve("ledgers"));
    List<Ledger> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(Ledgers.spent(plan, micros));
    }
    return Ledgers.write(ledgers.resolve(name), tier, epochMillis, all);
  }

  private static List<String> cells(List<String> lines, String name) {
    String line = lines.stream().filter(l -> l.startsWith(name)).findFirst().orElseThrow();
    return Arrays.asList(line.trim().split("\\s+"));
  }

  private int execute(String... arguments) {
    return new CommandLine(new PlanCommand(() -> EPOCH_MILLIS))
        .setErr(new PrintWriter(err, true))
        .setOut(new PrintWriter(out, true))
        .execute(arguments);
  }

  /** What the user is told before the process ends with 2. */
  private static String refusal(String... arguments) {
    PlanCommand command = new PlanCommand(() -> EPOCH_MILLIS);
    new CommandLine(command).parseArgs(arguments);
    return String.valueOf(catchThrowableOfType(ConfigException.class, command::call).getMessage());
  }
}
