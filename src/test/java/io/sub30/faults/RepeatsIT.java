package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One sequence sent twice at once on two connections, and again after a restart. */
class RepeatsIT {

  private static final String TENANT = "repeats";
  private static final int BATCHES = Integer.getInteger("sub30.faults.repeats", 60);
  private static final long SEED = 20_260_901L;

  @TempDir Path root = Path.of("");

  private final List<TickResult> first = new ArrayList<>();
  private int repeatedAtOnce;

  @Test
  void sequence_twiceAtOnceAndAfterARestart_isStoredOnceAndAnsweredAlike() throws Exception {
    List<TickBatch> batches = new ArrayList<>();
    try (TickScript script = new TickScript("desk-1", new Random(SEED))) {
      for (int sequence = 1; sequence <= BATCHES; sequence++) {
        batches.add(script.next(sequence));
      }
    }
    try (FaultStage stage = FaultStage.in(root)) {
      twice(stage, batches, true);
      assertThat(repeatedAtOnce).as("of each pair one repeats the other").isEqualTo(BATCHES);
      stage.restartNode();
      twice(stage, batches, false);
      try (SystemOfRecord record = SystemOfRecord.at(stage.postgres())) {
        assertThat(record.sequences(TENANT)).hasSize(BATCHES).doesNotHaveDuplicates();
      }
      Evidence.write(
          "faults-repeats.txt",
          List.of(
              "one sequence twice at once on two connections, and twice again after a restart: %d"
                      .formatted(4 * BATCHES)
                  + " sent, acknowledged %d batches, in PostgreSQL %d; lost 0, doubled 0"
                      .formatted(BATCHES, BATCHES)));
    }
  }

  private void twice(FaultStage stage, List<TickBatch> batches, boolean isNew) throws Exception {
    Sub30Client one = client(stage);
    Sub30Client other = client(stage);
    for (int i = 0; i < batches.size(); i++) {
      Future<Answer> left = submit(stage, one, batches.get(i));
      Future<Answer> right = submit(stage, other, batches.get(i));
      for (Answer answer : List.of(Waiting.on(left), Waiting.on(right))) {
        assertThat(answer.acknowledged()).as("batch %d: %s", i, answer.summary()).isTrue();
        TickResult result = Objects.requireNonNull(answer.result());
        if (!isNew) {
          assertThat(result.getDuplicate()).as("batch %d", i).isTrue();
        } else if (result.getDuplicate()) {
          repeatedAtOnce++;
        }
        if (first.size() <= i) {
          first.add(bare(result));
        }
        assertThat(bare(result)).as("batch %d", i).isEqualTo(first.get(i));
      }
    }
    Waiting.on(one.close());
    Waiting.on(other.close());
  }

  private static Sub30Client client(FaultStage stage) throws Exception {
    return new Sub30Client(
        stage.node().vertx(), ClientOptions.of(stage.api(), stage.token(TENANT)));
  }

  static Future<Answer> submit(FaultStage stage, Sub30Client client, TickBatch batch) {
    Promise<Answer> answer = Promise.promise();
    stage.node().vertx().runOnContext(turn -> client.submit(batch).onComplete(answer));
    return answer.future();
  }

  /** Without what belongs to one request. */
  static TickResult bare(TickResult result) {
    return result.toBuilder().clearDuplicate().clearRequestId().clearBudget().build();
  }
}
