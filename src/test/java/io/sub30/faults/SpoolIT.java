package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.client.Unacknowledged;
import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.database.BatchWriter;
import io.sub30.database.BatchWriter.Written;
import io.sub30.faults.FaultyEdge.Fault;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that are acknowledged while PostgreSQL is away, and what becomes of them. */
@Tag("long")
class SpoolIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WHILE_AWAY = 50;
  private static final double BATCHES_PER_SECOND = 30;

  @TempDir Path root = Path.of("");

  @Test
  void postgresStopped_fourTenants_areSpooledAndDrainedInOrderOnce() throws Exception {
    try (FaultStage stage = spooling("256MiB", UnaryOperator.identity())) {
      List<CountedLoad> loads =
          Stream.of("spool-a", "spool-b", "spool-c", "spool-d")
              .map(tenant -> new CountedLoad(stage, tenant, BATCHES_PER_SECOND))
              .toList();
      for (CountedLoad load : loads) {
        load.begin();
      }
      stage.stopPostgres();
      for (CountedLoad load : loads) {
        awaitSpooled(load, WHILE_AWAY);
      }
      long waiting = figure(stage, "sub30_spool_entries");
      assertThat(waiting).isGreaterThanOrEqualTo((long) WHILE_AWAY * loads.size());
      assertThat(figure(stage, "sub30_spool_bytes")).isPositive();
      stage.startPostgres();
      awaitDrained(stage);
      List<List<Unacknowledged>> open = new ArrayList<>();
      for (CountedLoad load : loads) {
        open.add(load.end());
      }
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < loads.size(); i++) {
        CountedLoad load = loads.get(i);
        load.resend(open.get(i));
        assertInOrder(stage, load.tenant());
        lines.add(
            "PostgreSQL stopped under four tenants, %s: %d answered from the spool, %d refused or"
                    .formatted(load.tenant(), load.spooled().size(), open.get(i).size())
                + " unanswered and sent again; "
                + load.compare());
      }
      Evidence.write("faults-spool.txt", lines);
    }
  }

  @Test
  void spoolFull_isRefusedAndNothingIsLost() throws Exception {
    try (FaultStage stage = spooling("1MiB", UnaryOperator.identity())) {
      CountedLoad load = new CountedLoad(stage, "spool-full");
      load.with(
          "PostgreSQL away until the spool of 1 MiB was full",
          () -> {
            stage.toPostgres().refuse();
            awaitSpooled(load, WHILE_AWAY);
            int[] before = {-1};
            Awaitility.await("the spool is full")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(
                    () -> {
                      int now = load.acknowledged();
                      boolean still = now == before[0];
                      before[0] = now;
                      return still;
                    });
            assertThat(figure(stage, "sub30_spool_bytes")).isBetween(900_000L, 1L << 20);
            stage.toPostgres().accept();
            awaitDrained(stage);
          });
    }
  }

  /**
   * The first attempt was given up on and the batch spooled: the attempt had been committed, is
   * never made, is made long after the spool was drained, or races it.
   */
  @Test
  void outcomeUnknown_isSpooled_andALateOriginalWritesNothing() throws Exception {
    String tenant = "late";
    FaultyEdge edge = new FaultyEdge(tenant);
    try (FaultStage stage = spooling("256MiB", edge);
        TickScript script = new TickScript("desk", new Random(20_260_903L));
        SystemOfRecord record = SystemOfRecord.at(stage.postgres())) {
      Sub30Client client =
          new Sub30Client(stage.node().vertx(), ClientOptions.of(stage.api(), stage.token(tenant)));
      acknowledged(stage, client, script.next(1));
      long epoch = record.epoch(tenant);
      long sequence = 1;
      for (Fault fault :
          List.of(Fault.UNKNOWN_COMMITTED, Fault.UNKNOWN_NOT_SENT, Fault.LATE, Fault.RACING)) {
        edge.arm(fault);
        TickBatch batch = script.next(++sequence);
        TickResult first = acknowledged(stage, client, batch);
        assertThat(isSpooled(first)).as("%s: %s", fault, first.getDegradedList()).isTrue();
        TickResult repeated = acknowledged(stage, client, batch);
        assertThat(repeated.getDuplicate()).as("%s, repeated", fault).isTrue();
        assertThat(bare(repeated)).as("%s, repeated", fault).isEqualTo(bare(first));
        // Perhaps behind the other one in the spool, perhaps not.
        acknowledged(stage, client, script.next(++sequence));
        awaitDrained(stage);
        edge.ripen();
        for (Future<List<Written>> late : edge.release()) {
          assertThat(Waiting.on(late)).as("the original").containsExactly(Written.KEY_TAKEN);
        }
        edge.takeRacing().forEach(Waiting::on);
        TickResult stored = acknowledged(stage, client, batch);
        assertThat(stored.getDuplicate()).as("%s, drained", fault).isTrue();
        assertThat(bare(stored)).as("%s, drained", fault).isEqualTo(bare(first));
      }
      TickResult last = acknowledged(stage, client, script.next(++sequence));
      assertThat(isSpooled(last)).as("all is well again").isFalse();
      Waiting.on(client.close());
      assertThat(record.epoch(tenant)).as("nobody fenced the cell").isEqualTo(epoch);
      assertThat(record.sequences(tenant)).hasSize((int) sequence).doesNotHaveDuplicates();
      assertInOrder(stage, tenant);
      Evidence.write(
          "faults-spool-late.txt",
          List.of(
              ("commits with an unknown outcome, spooled: landed, never sent, late, racing:"
                      + " acknowledged %d batches, in PostgreSQL %d; lost 0, doubled 0")
                  .formatted(sequence, record.sequences(tenant).size())));
    }
  }

  @Test
  void secondProcessThatSpools_andRefusingWhileBatchesWait_areRefused() throws Exception {
    try (FaultStage stage = spooling("256MiB", UnaryOperator.identity());
        DataFolder other = DataFolder.at(root.resolve("other")).lock()) {
      assertThatThrownBy(
              () ->
                  Node.start(
                      Sub30Config.load(
                          Optional.empty(),
                          Map.of(),
                          Map.of(
                              "http.port", "0",
                              "ops.port", "0",
                              "lanes.count", "1",
                              "node.warm_up", "0s",
                              "database.when_down", "spool",
                              "postgres.uri", stage.postgres().toString(),
                              "redis.uri", stage.redis().toString())),
                      other,
                      progress -> {}))
          .hasStackTraceContaining("another process spools for the same PostgreSQL");

      CountedLoad load = new CountedLoad(stage, "spool-refuse");
      load.begin();
      stage.toPostgres().refuse();
      awaitSpooled(load, WHILE_AWAY);
      List<Unacknowledged> open = load.end();
      stage.stopNode();
      assertThatThrownBy(stage::startNode)
          .as("a start without PostgreSQL")
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("postgres.uri");
      stage.toPostgres().accept();
      stage.set("database.when_down", "refuse");
      assertThatThrownBy(stage::startNode)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("it must be spool until they are in PostgreSQL");
      stage.set("database.when_down", "spool");
      stage.startNode();
      awaitDrained(stage);
      load.resend(open);
      Evidence.write(
          "faults-spool-restart.txt",
          List.of(
              "stopped in order with %d answered from the spool, and started again: "
                      .formatted(load.spooled().size())
                  + load.compare()));
    }
  }

  private FaultStage spooling(String max, UnaryOperator<BatchWriter> edge) throws Exception {
    return new FaultStage(
        root,
        root.resolve("pg"),
        Map.of("database.when_down", "spool", "database.spool_max", max),
        edge);
  }

  private static TickResult acknowledged(FaultStage stage, Sub30Client client, TickBatch batch) {
    Answer answer = Waiting.on(RepeatsIT.submit(stage, client, batch));
    assertThat(answer.acknowledged())
        .as("sequence %d: %s", batch.getSequence(), answer.summary())
        .isTrue();
    return Objects.requireNonNull(answer.result());
  }

  private static boolean isSpooled(TickResult result) {
    return result.getDegradedList().stream().anyMatch(step -> step.getReason().equals("spooled"));
  }

  /** Without what belongs to one answer. */
  private static TickResult bare(TickResult result) {
    return RepeatsIT.bare(result).toBuilder()
        .clearDegraded()
        .addAllDegraded(
            result.getDegradedList().stream()
                .filter(step -> !step.getReason().equals("spooled"))
                .toList())
        .build();
  }

  /** The ordinals have no gap, and their order is that of reception. */
  private static void assertInOrder(FaultStage stage, String tenant) throws Exception {
    try (SystemOfRecord record = SystemOfRecord.at(stage.postgres())) {
      List<StoredBatch> batches = record.batches(tenant);
      assertThat(batches)
          .extracting(StoredBatch::getOrdinal)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, batches.size()).boxed().toList());
      assertThat(batches).extracting(StoredBatch::getReceivedMsc).isSorted();
    }
  }

  private static void awaitSpooled(CountedLoad load, int batches) {
    int before = load.spooled().size();
    Awaitility.await("batches of " + load.tenant() + " are spooled")
        .atMost(PATIENCE)
        .until(() -> load.spooled().size() >= before + batches);
  }

  private static void awaitDrained(FaultStage stage) {
    Awaitility.await("the spool is empty")
        .atMost(PATIENCE)
        .until(() -> figure(stage, "sub30_spool_entries") == 0);
    assertThat(figure(stage, "sub30_spool_set_aside")).isZero();
  }

  private static long figure(FaultStage stage, String name) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(stage.node().ops().url() + "/metrics")).build();
      String body =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher line = Pattern.compile("(?m)^" + name + " ([0-9.E]+)$").matcher(body);
      assertThat(line.find()).as(name).isTrue();
      return (long) Double.parseDouble(line.group(1));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
