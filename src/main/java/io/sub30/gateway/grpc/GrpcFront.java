package io.sub30.gateway.grpc;

import io.sub30.budget.RequestOutcome;
import io.sub30.gateway.answers.CachedPart;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.api.GrpcMethods;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.ingress.Answer;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.ingress.StreamDoor;
import io.sub30.gateway.requests.BatchReading;
import io.sub30.gateway.requests.BatchReading.Read;
import io.sub30.gateway.requests.BatchReading.Refusal;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.gateway.requests.TickBatchProtobuf;
import io.sub30.v1.TickResult;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code sub30.v1.TradingGateway} over gRPC: the same door as HTTP, with the token in the metadata.
 * Messages are parsed here, not by the library, so that the bounds of a batch hold before it is
 * built. Trailers carry the request id, the trace and the code of a problem.
 */
public final class GrpcFront implements Handler<HttpServerRequest> {

  private final GrpcServer server;
  private final Ingress ingress;

  /** Of the call that the server is being handed. */
  private @Nullable Call entering;

  /** Serves the gateway's own methods; {@link #offer} adds others. */
  public GrpcFront(StreamDoor streams, SymbolQueries queries) {
    this.ingress = streams.ingress();
    int maxMessageBytes = streams.maxMessageBytes();
    GrpcServerOptions options = new GrpcServerOptions().setMaxMessageSize(maxMessageBytes);
    for (GrpcProtocol protocol : GrpcProtocol.values()) {
      if (protocol != GrpcProtocol.HTTP_2) {
        options.removeEnabledProtocol(protocol);
      }
    }
    this.server = GrpcServer.server(streams.vertx(), options);
    GrpcDoor door = new GrpcDoor(ingress, streams.clock(), maxMessageBytes);
    GrpcReads reads = new GrpcReads(ingress, queries);
    server.callHandler(
        GrpcMethods.SUBMIT_TICKS,
        call ->
            door.open(
                call,
                named(),
                Scope.TICKS_WRITE,
                (exchange, message) -> submit(call, exchange, message)));
    server.callHandler(
        GrpcMethods.STREAM_TICKS, call -> GrpcTickStream.open(streams, call, named()));
    server.callHandler(
        GrpcMethods.LIST_SIGNALS,
        call ->
            door.open(
                call,
                named(),
                Scope.READ,
                (exchange, message) -> reads.list(call, exchange, message)));
    server.callHandler(
        GrpcMethods.GET_PREDICTION,
        call ->
            door.open(
                call,
                named(),
                Scope.READ,
                (exchange, message) -> reads.predict(call, exchange, message)));
  }

  /** Serves one more service beside the gateway's own. */
  public void offer(Service service) {
    server.addService(service);
  }

  @Override
  public void handle(HttpServerRequest request) {
    Call call = ingress.called(request);
    // Messages of other services are read by the library, which would unpack them whatever their
    // size.
    String encoding = request.getHeader("grpc-encoding");
    if (encoding != null
        && !encoding.equals("identity")
        && !request.path().startsWith("/" + GrpcMethods.SERVICE.fullyQualifiedName() + "/")) {
      request
          .response()
          .putHeader("content-type", "application/grpc")
          .putHeader("grpc-status", GrpcStatus.UNIMPLEMENTED.toString())
          .putHeader("grpc-message", "messages of this service must not be compressed")
          .end();
      return;
    }
    // The server calls the method's handler at once, on this loop, or answers itself.
    entering = call;
    server.handle(request);
    entering = null;
  }

  /** Of the call whose handler runs. */
  private Call named() {
    return Objects.requireNonNull(entering);
  }

  private void submit(
      GrpcServerRequest<Buffer, TickResult> call, Exchange exchange, Buffer message) {
    exchange.bodyArrived();
    byte[] bytes = message.getBytes();
    BatchReading reading = TickBatchProtobuf.read(bytes, 0, bytes.length);
    if (reading instanceof Refusal refusal) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      GrpcRefusal.send(
          call.response(),
          Problem.of(refusal.fault().problem(), refusal.detail(), exchange.requestId()));
      return;
    }
    ingress
        .submit(exchange, ((Read) reading).batch())
        .onSuccess(
            answer -> {
              call.response().trailers().set("server-timing", exchange.serverTiming());
              if (answer instanceof Answer.Accepted accepted) {
                long ageSeconds = CachedPart.ageSeconds(accepted.result());
                if (ageSeconds >= 0) {
                  call.response().trailers().set(CachedPart.AGE, Long.toString(ageSeconds));
                  call.response().trailers().set(CachedPart.CACHE_STATUS, CachedPart.HIT);
                }
                call.response().end(accepted.result());
              } else {
                GrpcRefusal.send(call.response(), ((Answer.Refused) answer).problem());
              }
            });
  }
}
