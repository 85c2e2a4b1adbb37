package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.LedgerReader;
import io.sub30.budget.RecordedLedger;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.v1.Budget;
import io.sub30.v1.HopSpend;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server has recorded when it has stopped: the ledgers of its answers, and no others. */
class LedgerRecordingIT {

  private static final int BATCHES = 48;

  /**
   * One answered or refused request, as the client saw it; a line's outcome says if it was asked.
   */
  private record Seen(Tier tier, long spentMicros, List<Long> hopMicros, String outcome) {}

  @Test
  void stop_afterBatchesOfEveryTier_leavesTheLedgerOfEachAnswerAndNoOther(@TempDir Path data)
      throws Exception {
    List<Seen> seen = new ArrayList<>();
    long before = System.currentTimeMillis();
    RunningNode server = RunningNode.start(data);
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (int i = 0; i < BATCHES; i++) {
        Tier tier = Tier.values()[i % 3];
        String token = server.token("tenant-" + i % 5, tier, null);
        seen.add(seen(tier, api.submit(token, batch("t", i, 10), PROTOBUF)));
      }
      String bound = server.token("bound", Tier.FREE, "another");
      Reply forbidden = api.submit(bound, batch("t", 1, 1), PROTOBUF);
      assertThat(forbidden.status()).isEqualTo(403);
      seen.add(seen(Tier.FREE, forbidden));
      assertThat(api.submit("nonsense", batch("t", 1, 1), PROTOBUF).status()).isEqualTo(401);
    } finally {
      server.close();
    }

    assertThat(seen).filteredOn(s -> s.outcome().equals("ok")).hasSizeGreaterThan(BATCHES / 4);
    List<RecordedLedger> ledgers = ledgers(data.resolve("ledgers"));
    assertThat(ledgers.stream().map(LedgerRecordingIT::seen))
        .containsExactlyInAnyOrderElementsOf(seen);
    assertThat(ledgers)
        .extracting(RecordedLedger::epochMillis)
        .allSatisfy(at -> assertThat(at).isBetween(before, System.currentTimeMillis()));
  }

  private static Seen seen(Tier tier, Reply reply) throws Exception {
    if (reply.status() == 200) {
      Budget budget = reply.result().getBudget();
      List<Long> hops =
          budget.getHopsList().stream()
              .filter(hop -> !hop.getHop().equals(Exchange.UNATTRIBUTED))
              .map((HopSpend hop) -> hop.getWaitUs() + hop.getServiceUs())
              .toList();
      return new Seen(tier, budget.getSpentUs(), hops, "ok");
    }
    // On a busy machine some of enterprise's are refused: these have a ledger too.
    JsonObject budget = reply.json().getJsonObject("budget");
    List<Long> hops = new ArrayList<>();
    for (Object item : budget.getJsonArray("hops")) {
      JsonObject hop = (JsonObject) item;
      if (!hop.getString("hop").equals(Exchange.UNATTRIBUTED)) {
        hops.add(hop.getLong("wait_us") + hop.getLong("service_us"));
      }
    }
    return new Seen(tier, budget.getLong("spent_us"), hops, "refused");
  }

  private static Seen seen(RecordedLedger ledger) {
    List<Long> hops = new ArrayList<>();
    for (int line = 0; line < ledger.lines(); line++) {
      hops.add(ledger.spentMicros(line));
    }
    boolean answered =
        ledger.outcome() == RequestOutcome.OK || ledger.outcome() == RequestOutcome.DEGRADED;
    return new Seen(ledger.tier(), ledger.totalMicros(), hops, answered ? "ok" : "refused");
  }

  private static List<RecordedLedger> ledgers(Path folder) throws IOException {
    List<RecordedLedger> ledgers = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .containsExactly("000001.ledgers");
    try (LedgerReader reader = LedgerReader.open(files.get(0))) {
      for (RecordedLedger ledger = reader.next(); ledger != null; ledger = reader.next()) {
        ledgers.add(ledger);
      }
      assertThat(reader.bytesLeft()).isZero();
    }
    return ledgers;
  }
}
