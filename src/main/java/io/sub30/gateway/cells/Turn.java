package io.sub30.gateway.cells;

import io.sub30.budget.Admission;
import io.sub30.budget.InFlight;
import io.sub30.budget.LaneBudget;
import io.sub30.bus.Envelope;
import io.sub30.bus.Hop;
import io.sub30.gateway.answers.CachedPart;
import io.sub30.gateway.requests.Wanted;
import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Degraded;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Prediction;
import io.sub30.v1.Predictions;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.Submission;
import io.sub30.v1.SubmissionReply;
import io.sub30.v1.SymbolFeatures;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way: what was asked, what each hop has added so far, and the answer that is
 * owed. Lane-bound; not thread-safe.
 */
final class Turn {

  final Envelope<Submission> request;
  private final Promise<SubmissionReply> answer = Promise.promise();
  private final long queuedNanos;
  private long ordinal;
  private Enrichment enrichment = Enrichment.getDefaultInstance();
  private Predictions predictions = Predictions.getDefaultInstance();
  private Decision decision = Decision.getDefaultInstance();
  private final List<Degraded> degraded = new ArrayList<>(2);
  private boolean sentToBridge;
  private boolean sentToTrading;
  private boolean decisionStands;
  private int requestClass;
  private Admission.@Nullable Decision admission;
  private @Nullable LaneBudget budget;
  private InFlight.@Nullable Entry watched;

  Turn(Envelope<Submission> request, long queuedNanos) {
    this.request = request;
    this.queuedNanos = queuedNanos;
  }

  long queuedNanos() {
    return queuedNanos;
  }

  TickBatch batch() {
    return request.payload().getBatch();
  }

  long ordinal() {
    return ordinal;
  }

  Enrichment enrichment() {
    return enrichment;
  }

  // ---- what its budget allows

  /**
   * It was judged; until then it has everything it asks for.
   *
   * @param by what it is measured for from now on, too
   */
  void admitted(int ofClass, Admission.Decision decision, LaneBudget by) {
    requestClass = ofClass;
    admission = decision;
    budget = by;
  }

  /** What it was judged by; null before. */
  @Nullable LaneBudget budget() {
    return budget;
  }

  int requestClass() {
    return requestClass;
  }

  Admission.@Nullable Decision admission() {
    return admission;
  }

  /** Whether there is time for the mandatory hops only. */
  boolean isMinimal() {
    return isMinimalFromTheStart() || enrichment.getDeferred();
  }

  private boolean isMinimalFromTheStart() {
    return admission != null && admission.verdict() == Admission.Verdict.MINIMAL;
  }

  /** Whether it would have been turned away, and goes the whole way to see how long that takes. */
  boolean isProbe() {
    return admission != null && admission.verdict() == Admission.Verdict.PROBE;
  }

  /** It is watched from now on. */
  void watched(InFlight.Entry entry) {
    watched = entry;
  }

  /** It is over; what it was watched by, once. */
  InFlight.@Nullable Entry unwatched() {
    InFlight.Entry entry = watched;
    watched = null;
    return entry;
  }

  // ---- the questions, in the order of the path

  EnrichRequest enrichRequest(long newOrdinal) {
    ordinal = newOrdinal;
    sentToBridge = true;
    return EnrichRequest.newBuilder()
        .setBatch(batch())
        .setReceivedMsc(request.payload().getReceivedMsc())
        .setOrdinal(ordinal)
        .setValidateOnly(isMinimalFromTheStart())
        .build();
  }

  void enriched(Enrichment result) {
    enrichment = result;
  }

  boolean nothingValid() {
    return enrichment.getTicks().getTimeMscCount() == 0;
  }

  boolean wantsPredictions() {
    return Wanted.predictions(batch());
  }

  boolean wantsSignals() {
    return Wanted.signals(batch());
  }

  PredictRequest predictRequest() {
    return PredictRequest.newBuilder()
        .setTerminal(batch().getTerminal())
        .addAllSymbols(enrichment.getSymbolsList())
        .build();
  }

  /** Predictions that were made for this batch; {@code known} takes note of them. */
  void predicted(Predictions result, KnownPredictions known) {
    predictions = result;
    degraded.addAll(result.getDegradedList());
    long madeMsc = request.payload().getReceivedMsc();
    for (Prediction prediction : result.getPredictionsList()) {
      known.note(batch().getTerminal(), prediction, madeMsc);
    }
  }

  /** No predictions were made for this batch: the last ones known stand in, as far as there are. */
  void predictedBefore(KnownPredictions known, String reason) {
    Predictions.Builder before = Predictions.newBuilder();
    long nowMsc = request.payload().getReceivedMsc();
    for (SymbolFeatures symbol : enrichment.getSymbolsList()) {
      KnownPredictions.Entry entry = known.find(batch().getTerminal(), symbol.getSymbol(), nowMsc);
      Degraded.Builder step =
          Degraded.newBuilder().setHop(Hop.ML_PROCESSING.line()).setReason(reason);
      if (entry != null) {
        before.addPredictions(entry.prediction().toBuilder().setSource(CachedPart.SOURCE));
        step.setAsOfMsc(entry.prediction().getAsOfMsc()).setAgeMs(nowMsc - entry.madeMsc());
      }
      degraded.add(step.build());
    }
    predictions = before.build();
  }

  DecideRequest decideRequest() {
    sentToTrading = true;
    return DecideRequest.newBuilder()
        .setTerminal(batch().getTerminal())
        .setSequence(batch().getSequence())
        .setOrdinal(ordinal)
        .setReceivedMsc(request.payload().getReceivedMsc())
        .addAllSymbols(enrichment.getSymbolsList())
        .addAllPredictions(predictions.getPredictionsList())
        .build();
  }

  void decided(Decision result) {
    decision = result;
    decisionStands = true;
  }

  /**
   * Whether the answer holds what trading decided. When its decision came too late the answer says
   * HOLD, and what it noted of its own signals must be undone whatever becomes of the batch.
   */
  boolean decisionStands() {
    return decisionStands;
  }

  /**
   * Nobody decided, so nothing is to be done: HOLD for every symbol.
   *
   * @param why nobody did, for whoever reads the answer's degradations
   * @param reason of each HOLD
   */
  void held(String why, String reason) {
    degraded.add(Degraded.newBuilder().setHop(Hop.TRADING_ENGINE.line()).setReason(why).build());

    Decision.Builder hold = Decision.newBuilder();
    for (SymbolFeatures symbol : enrichment.getSymbolsList()) {
      hold.addSignals(
          Signal.newBuilder()
              .setId(
                  batch().getTerminal()
                      + '-'
                      + batch().getSequence()
                      + '-'
                      + hold.getSignalsCount())
              .setSymbol(symbol.getSymbol())
              .setSide(Side.HOLD)
              .addReasons(reason));
    }
    decision = hold.build();
  }

  /** There was no time to enrich: the features are those of before the batch. */
  void validatedOnly(String reason) {
    long featuresMsc = 0;
    for (SymbolFeatures symbol : enrichment.getSymbolsList()) {
      featuresMsc = Math.max(featuresMsc, symbol.getAsOfMsc());
    }
    long newestMsc = featuresMsc;
    for (long timeMsc : enrichment.getTicks().getTimeMscList()) {
      newestMsc = Math.max(newestMsc, timeMsc);
    }
    degraded.add(
        Degraded.newBuilder()
            .setHop(Hop.DATA_BRIDGE.line())
            .setReason(reason)
            .setAsOfMsc(featuresMsc)
            .setAgeMs(featuresMsc == 0 ? 0 : newestMsc - featuresMsc)
            .build());
  }

  /**
   * @param provablyNew whether the sequence was certainly never committed
   */
  StoreRequest storeRequest(long epoch, boolean provablyNew) {
    return StoreRequest.newBuilder()
        .setTerminal(batch().getTerminal())
        .setSequence(batch().getSequence())
        .setOrdinal(ordinal)
        .setEpoch(epoch)
        .setProvablyNew(provablyNew)
        .setContentHash(request.payload().getContentHash())
        .setReceivedMsc(request.payload().getReceivedMsc())
        .setTicks(enrichment.getTicks())
        .addAllSymbols(enrichment.getSymbolsList())
        .setStrategiesVersion(decision.getStrategiesVersion())
        .setOutcome(outcome())
        .build();
  }

  LookupRequest lookupRequest(boolean fence) {
    return LookupRequest.newBuilder()
        .setTerminal(batch().getTerminal())
        .setSequence(batch().getSequence())
        .setContentHash(request.payload().getContentHash())
        .setFence(fence)
        .build();
  }

  /** What is stored and, for whoever sends the same batch again, stays the answer. */
  TickResult outcome() {
    return TickResult.newBuilder()
        .setSequence(batch().getSequence())
        .setDurable(!nothingValid())
        .setAccepted(enrichment.getTicks().getTimeMscCount())
        .addAllRejected(enrichment.getRejectedList())
        .addAllPredictions(predictions.getPredictionsList())
        .addAllSignals(decision.getSignalsList())
        .addAllDegraded(degraded)
        .build();
  }

  /**
   * The outcome, and that it waits in the spool. The mark is the answer's alone and is not stored:
   * an earlier attempt may have stored the same outcome already.
   */
  TickResult spooledOutcome() {
    return outcome().toBuilder()
        .addDegraded(Degraded.newBuilder().setHop(Hop.DATABASE_SERVICE.line()).setReason("spooled"))
        .build();
  }

  // ---- the answer

  Future<SubmissionReply> answer() {
    return answer.future();
  }

  void answer(SubmissionReply.Verdict verdict, TickResult result) {
    answer.tryComplete(SubmissionReply.newBuilder().setVerdict(verdict).setResult(result).build());
  }

  void refuse(Throwable failure) {
    answer.tryFail(failure);
  }

  /** Whether the bridge may hold a tentative change of this batch. */
  boolean sentToBridge() {
    return sentToBridge;
  }

  /** Whether trading may hold a tentative change of this batch. */
  boolean sentToTrading() {
    return sentToTrading;
  }
}
