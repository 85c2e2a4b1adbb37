package io.sub30.bus;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.sub30.v1.BarClosed;
import io.sub30.v1.BarsRequest;
import io.sub30.v1.CellHistory;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Done;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import io.sub30.v1.LatestReply;
import io.sub30.v1.LatestRequest;
import io.sub30.v1.ListBarsResponse;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.OpenCellRequest;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Predictions;
import io.sub30.v1.ProcessReadiness;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.Submission;
import io.sub30.v1.SubmissionReply;
import java.util.List;

/**
 * A typed address: who is asked, with what, and what comes back. Lane addresses end in the lane's
 * id, which is unique in the cluster.
 *
 * @param name without the lane
 * @param hop the budget line its time is booked to
 * @param request parses the request on the wire
 * @param reply parses the reply on the wire
 */
public record Address<Q extends MessageLite, R extends MessageLite>(
    String name, Hop hop, Parser<Q> request, Parser<R> reply) {

  /** One batch: from the connection's loop to the tenant's lane. */
  public static final Address<Submission, SubmissionReply> SUBMIT =
      new Address<>("gateway", Hop.API_GATEWAY, Submission.parser(), SubmissionReply.parser());

  public static final Address<EnrichRequest, Enrichment> ENRICH =
      new Address<>("data_bridge", Hop.DATA_BRIDGE, EnrichRequest.parser(), Enrichment.parser());

  public static final Address<SettleRequest, SettleReply> BRIDGE_SETTLE =
      new Address<>(
          "data_bridge.settle", Hop.DATA_BRIDGE, SettleRequest.parser(), SettleReply.parser());

  public static final Address<RestoreRequest, Done> BRIDGE_RESTORE =
      new Address<>("data_bridge.restore", Hop.DATA_BRIDGE, RestoreRequest.parser(), Done.parser());

  public static final Address<ForgetRequest, Done> BRIDGE_FORGET =
      new Address<>("data_bridge.forget", Hop.DATA_BRIDGE, ForgetRequest.parser(), Done.parser());

  public static final Address<PredictRequest, Predictions> PREDICT =
      new Address<>("ml", Hop.ML_PROCESSING, PredictRequest.parser(), Predictions.parser());

  /** Sent, not asked: the embedding is computed off the path. */
  public static final Address<BarClosed, Done> BAR_CLOSED =
      new Address<>("ml.bar", Hop.ML_PROCESSING, BarClosed.parser(), Done.parser());

  public static final Address<ForgetRequest, Done> ML_FORGET =
      new Address<>("ml.forget", Hop.ML_PROCESSING, ForgetRequest.parser(), Done.parser());

  public static final Address<DecideRequest, Decision> DECIDE =
      new Address<>("trading", Hop.TRADING_ENGINE, DecideRequest.parser(), Decision.parser());

  public static final Address<SettleRequest, SettleReply> TRADING_SETTLE =
      new Address<>(
          "trading.settle", Hop.TRADING_ENGINE, SettleRequest.parser(), SettleReply.parser());

  public static final Address<RestoreRequest, Done> TRADING_RESTORE =
      new Address<>("trading.restore", Hop.TRADING_ENGINE, RestoreRequest.parser(), Done.parser());

  public static final Address<ForgetRequest, Done> TRADING_FORGET =
      new Address<>("trading.forget", Hop.TRADING_ENGINE, ForgetRequest.parser(), Done.parser());

  public static final Address<StoreRequest, StoreReply> STORE =
      new Address<>("database", Hop.DATABASE_SERVICE, StoreRequest.parser(), StoreReply.parser());

  public static final Address<LookupRequest, StoreReply> LOOKUP =
      new Address<>(
          "database.lookup", Hop.DATABASE_SERVICE, LookupRequest.parser(), StoreReply.parser());

  public static final Address<OpenCellRequest, CellHistory> OPEN_CELL =
      new Address<>(
          "database.open", Hop.DATABASE_SERVICE, OpenCellRequest.parser(), CellHistory.parser());

  public static final Address<CheckpointRequest, Done> CHECKPOINT =
      new Address<>(
          "database.checkpoint", Hop.DATABASE_SERVICE, CheckpointRequest.parser(), Done.parser());

  public static final Address<ListSignalsRequest, ListSignalsResponse> LIST_SIGNALS =
      new Address<>(
          "database.signals",
          Hop.DATABASE_SERVICE,
          ListSignalsRequest.parser(),
          ListSignalsResponse.parser());

  public static final Address<LatestRequest, LatestReply> LATEST =
      new Address<>(
          "database.latest", Hop.DATABASE_SERVICE, LatestRequest.parser(), LatestReply.parser());

  public static final Address<BarsRequest, ListBarsResponse> BARS =
      new Address<>(
          "database.bars", Hop.DATABASE_SERVICE, BarsRequest.parser(), ListBarsResponse.parser());

  /** Published by every component of every lane, about once a second. */
  public static final Address<Heartbeat, Done> HEARTBEAT =
      new Address<>("hub.heartbeat", Hop.CENTRAL_HUB, Heartbeat.parser(), Done.parser());

  /** Published by the hub whenever the table of lanes changes, and at least every few seconds. */
  public static final Address<LaneTable, Done> LANE_TABLE =
      new Address<>("hub.lanes", Hop.CENTRAL_HUB, LaneTable.parser(), Done.parser());

  /** Published by the operators' door of every process, about once a second. */
  public static final Address<ProcessReadiness, Done> READINESS =
      new Address<>("ops.readiness", Hop.CENTRAL_HUB, ProcessReadiness.parser(), Done.parser());

  /** Every address, for the codec: a payload type it does not find here is refused on the wire. */
  static List<Address<?, ?>> all() {
    return List.of(
        SUBMIT,
        ENRICH,
        BRIDGE_SETTLE,
        BRIDGE_RESTORE,
        BRIDGE_FORGET,
        PREDICT,
        BAR_CLOSED,
        ML_FORGET,
        DECIDE,
        TRADING_SETTLE,
        TRADING_RESTORE,
        TRADING_FORGET,
        STORE,
        LOOKUP,
        OPEN_CELL,
        CHECKPOINT,
        LIST_SIGNALS,
        LATEST,
        BARS,
        HEARTBEAT,
        LANE_TABLE,
        READINESS);
  }

  /** The address on that lane. */
  String on(int lane) {
    return name + '.' + lane;
  }
}
