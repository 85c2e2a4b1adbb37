package io.sub30.gateway.api;

import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every method there is over gRPC, once: what the server serves, and what the access log may name.
 * Messages come as their bytes, since they are parsed within the bounds of a batch.
 */
public final class GrpcMethods {

  /** The gateway's service. */
  public static final ServiceName SERVICE = ServiceName.create("sub30.v1", "TradingGateway");

  /** One batch. */
  public static final ServiceMethod<Buffer, TickResult> SUBMIT_TICKS =
      ServiceMethod.server(
          SERVICE, "SubmitTicks", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  /** Batches for as long as the client likes. */
  public static final ServiceMethod<Buffer, TickResult> STREAM_TICKS =
      ServiceMethod.server(
          SERVICE, "StreamTicks", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  /** The path of the call that lasts as long as its client likes. */
  public static final String STREAM_PATH = "/sub30.v1.TradingGateway/StreamTicks";

  /** A page of recorded signals. */
  public static final ServiceMethod<Buffer, ListSignalsResponse> LIST_SIGNALS =
      ServiceMethod.server(
          SERVICE, "ListSignals", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  /** The newest prediction of one symbol. */
  public static final ServiceMethod<Buffer, RecordedPrediction> GET_PREDICTION =
      ServiceMethod.server(
          SERVICE, "GetPrediction", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  /** The paths of all of them. */
  public static final Set<String> PATHS =
      Stream.of(SUBMIT_TICKS, STREAM_TICKS, LIST_SIGNALS, GET_PREDICTION)
          .map(method -> "/" + method.fullMethodName())
          .collect(Collectors.toUnmodifiableSet());

  private GrpcMethods() {}
}
