package io.sub30.gateway.cells;

import com.google.protobuf.ByteString;
import io.sub30.budget.Deadline;
import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Ledger;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Envelope;
import io.sub30.bus.Hop;
import io.sub30.v1.Submission;
import io.sub30.v1.TickBatch;

/** Turns of batches that nobody sent. */
final class Turns {

  static final long RECEIVED_MSC = 1_767_614_400_123L;
  static final ByteString HASH = ByteString.copyFromUtf8("hash");

  private Turns() {}

  static Turn of(String terminal, long sequence, String... want) {
    Plan plan = Plans.specified();
    TickBatch.Builder batch = TickBatch.newBuilder().setTerminal(terminal).setSequence(sequence);
    for (String wanted : want) {
      batch.addWant(wanted);
    }
    Submission submission =
        Submission.newBuilder()
            .setBatch(batch)
            .setReceivedMsc(RECEIVED_MSC)
            .setContentHash(HASH)
            .build();
    Envelope<Submission> envelope =
        new Envelope<>(
            Hop.API_GATEWAY,
            "r1",
            "acme",
            Tier.PRO,
            false,
            Deadline.after(plan.totalNanos(Tier.PRO), new FakeNanoClock(0)),
            Ledger.open(plan, 0),
            submission);
    return new Turn(envelope, 5);
  }
}
