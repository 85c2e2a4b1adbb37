package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.BatchWriter.OutcomeUnknown;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.spool.Spool;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolingCommitsTest {

  private static final long MAX = 10_000;

  @TempDir Path folder = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final List<Write> sent = new ArrayList<>();
  private Future<Written> outcome = Future.succeededFuture(Written.STORED);
  private Spool spool;
  private SpoolingCommits commits;

  @BeforeEach
  void open() {
    spool = Spool.open(folder.resolve("batches.sqlite"), () -> 1_000, MAX);
    commits = over(spool);
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
    spool.close();
  }

  private SpoolingCommits over(Spool opened) {
    return new SpoolingCommits(
        write -> {
          sent.add(write);
          return outcome;
        },
        new SpoolWorker(vertx, opened),
        16,
        16);
  }

  private static Write write(String tenant, long sequence, int bytes) {
    return new Write(
        tenant,
        StoreRequest.newBuilder()
            .setTerminal("desk")
            .setSequence(sequence)
            .setEpoch(3)
            .setProvablyNew(true)
            .setContentHash(ByteString.copyFrom(new byte[bytes]))
            .build());
  }

  private static Write altered(Write write, boolean provablyNew, long epoch) {
    return new Write(
        write.tenant(),
        write.request().toBuilder().setProvablyNew(provablyNew).setEpoch(epoch).build());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private void assertFails(Write write, Throwable with) {
    assertThatThrownBy(() -> await(commits.write(write)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(with);
    assertThat(spool.entries() + spool.bytes()).as("nothing is kept or reserved").isZero();
  }

  @Test
  void write_serverThere_isCommitted() throws Exception {
    assertThat(await(commits.write(write("a", 1, 10)))).isEqualTo(Written.STORED);
    assertThat(spool.entries()).isZero();
  }

  @Test
  void write_serverAway_isJournalledAsItIs_andLaterOnesOfTheTenantBehindIt() throws Exception {
    for (Throwable away :
        List.of(
            new ConnectException("refused"),
            new OutcomeUnknown("not heard of"),
            new HopFailure(Hop.DATABASE_SERVICE, FailureCode.UNAVAILABLE, "breaker open"))) {
      outcome = Future.failedFuture(away);
      Write write = write("tenant of " + away.getClass().getSimpleName(), 1, 10);
      assertThat(await(commits.write(write))).isEqualTo(Written.SPOOLED);
      assertThat(spool.find(write.tenant(), "desk", 1)).contains(write.request());
    }
    assertThat(sent).hasSize(3);
    outcome = Future.succeededFuture(Written.STORED);
    String held = sent.get(0).tenant();
    assertThat(await(commits.write(write(held, 2, 10)))).isEqualTo(Written.SPOOLED);
    assertThat(sent).as("the server was not asked").hasSize(3);
    assertThat(await(commits.write(write("another", 1, 10)))).isEqualTo(Written.STORED);

    assertThatThrownBy(() -> await(commits.write(altered(write(held, 3, 10), false, 3))))
        .cause()
        .isInstanceOfSatisfying(
            HopFailure.class,
            refused -> assertThat(refused.code()).isEqualTo(FailureCode.UNAVAILABLE));
  }

  @Test
  void write_notCertainlyNewOrNobodys_failsAsItDid() {
    OutcomeUnknown unknown = new OutcomeUnknown("not heard of");
    outcome = Future.failedFuture(unknown);
    assertFails(altered(write("a", 1, 10), false, 3), unknown);
    assertFails(altered(write("a", 1, 10), true, StoreService.NOBODYS_EPOCH), unknown);
  }

  @Test
  void write_notTheServersFault_failsAsItDid() {
    HopFailure busy = new HopFailure(Hop.DATABASE_SERVICE, FailureCode.OVERLOADED, "too many");
    outcome = Future.failedFuture(busy);
    assertFails(write("a", 1, 10), busy);
  }

  @Test
  void write_noRoom_anUnknownOutcomeStaysUnknown_aCertainOneIsRefused() {
    OutcomeUnknown unknown = new OutcomeUnknown("not heard of");
    outcome = Future.failedFuture(unknown);
    assertFails(write("a", 1, (int) MAX), unknown);
    outcome = Future.failedFuture(new ConnectException("refused"));
    assertThatThrownBy(() -> await(commits.write(write("a", 1, (int) MAX))))
        .cause()
        .isInstanceOf(HopFailure.class)
        .hasMessageContaining("the spool takes no more");
  }

  @Test
  void write_journalBroken_anUnknownOutcomeStaysUnknown() throws Exception {
    outcome = Future.failedFuture(new ConnectException("refused"));
    spool.close();
    assertThatThrownBy(() -> await(commits.write(write("a", 1, 10))))
        .cause()
        .isInstanceOf(HopFailure.class)
        .hasMessageContaining("the spool cannot be used");
    assertThat(spool.holds("a")).isFalse();
    assertThat(spool.takes()).isFalse();
    OutcomeUnknown unknown = new OutcomeUnknown("not heard of");
    outcome = Future.failedFuture(unknown);
    assertFails(write("a", 1, 10), unknown);
  }
}
