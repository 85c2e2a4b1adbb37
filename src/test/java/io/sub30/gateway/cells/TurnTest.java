package io.sub30.gateway.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.Decision;
import io.sub30.v1.Degraded;
import io.sub30.v1.Enrichment;
import io.sub30.v1.Prediction;
import io.sub30.v1.Predictions;
import io.sub30.v1.RejectedTick;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.SubmissionReply.Verdict;
import io.sub30.v1.SymbolFeatures;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;
import org.junit.jupiter.api.Test;

class TurnTest {

  private static final Enrichment ENRICHMENT =
      Enrichment.newBuilder()
          .setTicks(TickColumns.newBuilder().addTimeMsc(1).addTimeMsc(2))
          .addRejected(RejectedTick.newBuilder().setIndex(1).setReason("non_finite"))
          .addSymbols(SymbolFeatures.newBuilder().setSymbol("EURUSD"))
          .addSymbols(SymbolFeatures.newBuilder().setSymbol("GBPUSD"))
          .build();

  @Test
  void wants_nothingSaid_meansBothAndASignalNeedsAPrediction() {
    assertWants(Turns.of("t", 1), true, true);
    assertWants(Turns.of("t", 1, "prediction"), true, false);
    assertWants(Turns.of("t", 1, "signal"), true, true);
    assertWants(Turns.of("t", 1, "prediction", "signal"), true, true);
  }

  private static void assertWants(Turn turn, boolean predictions, boolean signals) {
    assertThat(turn.wantsPredictions()).isEqualTo(predictions);
    assertThat(turn.wantsSignals()).isEqualTo(signals);
  }

  @Test
  void outcome_everyHopAnswered_holdsWhatEachAdded() {
    Turn turn = Turns.of("t", 9);
    assertThat(turn.enrichRequest(41).getOrdinal()).isEqualTo(41);
    turn.enriched(ENRICHMENT);
    assertThat(turn.predictRequest().getSymbolsList()).isEqualTo(ENRICHMENT.getSymbolsList());
    Prediction prediction = Prediction.newBuilder().setSymbol("EURUSD").setPUp(0.4).build();
    Degraded headOnly = Degraded.newBuilder().setHop("ml_processing").setReason("cold").build();
    turn.predicted(
        Predictions.newBuilder().addPredictions(prediction).addDegraded(headOnly).build(),
        new KnownPredictions(60_000));
    assertThat(turn.decideRequest().getPredictionsList()).containsExactly(prediction);
    Signal signal = Signal.newBuilder().setSymbol("EURUSD").setSide(Side.BUY).build();
    turn.decided(Decision.newBuilder().addSignals(signal).setStrategiesVersion("v").build());

    TickResult outcome = turn.outcome();
    assertThat(outcome.getSequence()).isEqualTo(9);
    assertThat(outcome.getDurable()).isTrue();
    assertThat(outcome.getDuplicate()).isFalse();
    assertThat(outcome.getAccepted()).isEqualTo(2);
    assertThat(outcome.getRejectedList()).isEqualTo(ENRICHMENT.getRejectedList());
    assertThat(outcome.getPredictionsList()).containsExactly(prediction);
    assertThat(outcome.getSignalsList()).containsExactly(signal);
    assertThat(outcome.getDegradedList()).containsExactly(headOnly);
    assertThat(outcome.getRequestId() + outcome.getTenant() + outcome.getTier())
        .as("what belongs to one request only is not stored")
        .isEmpty();
    assertThat(outcome.hasBudget()).isFalse();

    Degraded spooled =
        Degraded.newBuilder().setHop("database_service").setReason("spooled").build();
    assertThat(turn.spooledOutcome()).isEqualTo(outcome.toBuilder().addDegraded(spooled).build());

    StoreRequest store = turn.storeRequest(7, true);
    assertThat(store.getTerminal()).isEqualTo("t");
    assertThat(store.getSequence()).isEqualTo(9);
    assertThat(store.getOrdinal()).isEqualTo(41);
    assertThat(store.getEpoch()).isEqualTo(7);
    assertThat(store.getProvablyNew()).isTrue();
    assertThat(store.getContentHash()).isEqualTo(Turns.HASH);
    assertThat(store.getReceivedMsc()).isEqualTo(Turns.RECEIVED_MSC);
    assertThat(store.getTicks()).isEqualTo(ENRICHMENT.getTicks());
    assertThat(store.getSymbolsList()).isEqualTo(ENRICHMENT.getSymbolsList());
    assertThat(store.getStrategiesVersion()).isEqualTo("v");
    assertThat(store.getOutcome()).isEqualTo(outcome);
  }

  @Test
  void nothingValid_noTickAccepted_isNotDurable() {
    Turn turn = Turns.of("t", 1);
    turn.enriched(ENRICHMENT.toBuilder().clearTicks().build());
    assertThat(turn.nothingValid()).isTrue();
    assertThat(turn.outcome().getDurable()).isFalse();
    turn.enriched(ENRICHMENT);
    assertThat(turn.nothingValid()).isFalse();
  }

  @Test
  void held_nobodyDecided_holdsEverySymbolUnderItsOwnId() {
    Turn turn = Turns.of("t", 9);
    turn.enriched(ENRICHMENT);
    turn.held("late", "budget");

    TickResult outcome = turn.outcome();
    assertThat(outcome.getSignalsList())
        .allSatisfy(
            signal -> {
              assertThat(signal.getSide()).isEqualTo(Side.HOLD);
              assertThat(signal.getReasonsList()).containsExactly("budget");
            })
        .extracting(signal -> signal.getId() + " " + signal.getSymbol())
        .containsExactly("t-9-0 EURUSD", "t-9-1 GBPUSD");
    assertThat(outcome.getDegradedList())
        .containsExactly(Degraded.newBuilder().setHop("trading_engine").setReason("late").build());
  }

  @Test
  void sentTo_onlyWhatWasAsked_hasToBeSettled() {
    Turn turn = Turns.of("t", 1);
    assertThat(turn.sentToBridge()).isFalse();
    assertThat(turn.sentToTrading()).isFalse();
    turn.enrichRequest(1);
    assertThat(turn.sentToBridge()).isTrue();
    assertThat(turn.sentToTrading()).isFalse();
    turn.decideRequest();
    assertThat(turn.sentToTrading()).isTrue();
  }

  @Test
  void lookupRequest_fencedOrNot_namesTheKeyAndTheContent() {
    Turn turn = Turns.of("t", 9);
    assertThat(turn.lookupRequest(true).getFence()).isTrue();
    assertThat(turn.lookupRequest(false).getFence()).isFalse();
    assertThat(turn.lookupRequest(true).getSequence()).isEqualTo(9);
    assertThat(turn.lookupRequest(true).getTerminal()).isEqualTo("t");
    assertThat(turn.lookupRequest(true).getContentHash()).isEqualTo(Turns.HASH);
  }

  @Test
  void answer_twice_theFirstStands() {
    Turn refused = Turns.of("t", 1);
    HopFailure late = new HopFailure(Hop.DATABASE_SERVICE, FailureCode.LATE, "late");
    refused.refuse(late);
    refused.answer(Verdict.ACCEPTED, TickResult.getDefaultInstance());
    assertThat(refused.answer().cause()).isSameAs(late);

    Turn answered = Turns.of("t", 1);
    assertThat(answered.answer().isComplete()).isFalse();
    TickResult result = TickResult.newBuilder().setSequence(1).build();
    answered.answer(Verdict.ACCEPTED, result);
    answered.refuse(late);
    assertThat(answered.answer().result().getVerdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(answered.answer().result().getResult()).isEqualTo(result);
  }
}
