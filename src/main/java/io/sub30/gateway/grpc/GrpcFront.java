package io.sub30.gateway.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.sub30.budget.NanoClock;
import io.sub30.budget.RequestOutcome;
import io.sub30.bus.Address;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.CachedPart;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.SignalsAnswer;
import io.sub30.gateway.http.SymbolRoutes;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.ingress.Answer;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.ingress.StreamDoor;
import io.sub30.gateway.ingress.TraceContext;
import io.sub30.gateway.ingress.Turnstile;
import io.sub30.gateway.requests.BatchReading;
import io.sub30.gateway.requests.BatchReading.Read;
import io.sub30.gateway.requests.BatchReading.Refusal;
import io.sub30.gateway.requests.Reading;
import io.sub30.gateway.requests.SignalsQuery;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.gateway.requests.TickBatchProtobuf;
import io.sub30.gateway.requests.UnreadableMessage;
import io.sub30.v1.GetPredictionRequest;
import io.sub30.v1.LatestRequest;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.TickResult;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import io.vertx.grpc.server.Service;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code sub30.v1.TradingGateway} over gRPC: the same door as HTTP, with the token in the metadata.
 * Messages are parsed here, not by the library, so that the bounds of a batch hold before it is
 * built. Trailers carry the request id, the trace and the code of a problem.
 */
public final class GrpcFront implements Handler<HttpServerRequest> {

  static final ServiceName SERVICE = ServiceName.create("sub30.v1", "TradingGateway");

  private static final ServiceMethod<Buffer, TickResult> SUBMIT_TICKS =
      ServiceMethod.server(
          SERVICE, "SubmitTicks", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  private static final ServiceMethod<Buffer, TickResult> STREAM_TICKS =
      ServiceMethod.server(
          SERVICE, "StreamTicks", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  /** The path of the call that lasts as long as its client likes. */
  public static final String STREAM_PATH = "/sub30.v1.TradingGateway/StreamTicks";

  private static final ServiceMethod<Buffer, ListSignalsResponse> LIST_SIGNALS =
      ServiceMethod.server(
          SERVICE, "ListSignals", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  private static final ServiceMethod<Buffer, RecordedPrediction> GET_PREDICTION =
      ServiceMethod.server(
          SERVICE, "GetPrediction", GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);

  /** Of the methods there are. */
  public static final Set<String> PATHS =
      Stream.of(SUBMIT_TICKS, STREAM_TICKS, LIST_SIGNALS, GET_PREDICTION)
          .map(method -> "/" + method.fullMethodName())
          .collect(Collectors.toUnmodifiableSet());

  private final GrpcServer server;
  private final Ingress ingress;
  private final NanoClock clock;
  private final SymbolQueries queries;
  private final int maxMessageBytes;

  /** Of the call that the server is being handed. */
  private @Nullable Call entering;

  public GrpcFront(StreamDoor streams, SymbolQueries queries) {
    this.ingress = streams.ingress();
    this.clock = streams.clock();
    this.queries = queries;
    this.maxMessageBytes = streams.maxMessageBytes();
    GrpcServerOptions options = new GrpcServerOptions().setMaxMessageSize(maxMessageBytes);
    for (GrpcProtocol protocol : GrpcProtocol.values()) {
      if (protocol != GrpcProtocol.HTTP_2) {
        options.removeEnabledProtocol(protocol);
      }
    }
    this.server = GrpcServer.server(streams.vertx(), options);
    server.callHandler(SUBMIT_TICKS, this::submitTicks);
    server.callHandler(
        STREAM_TICKS, call -> GrpcTickStream.open(streams, call, Objects.requireNonNull(entering)));
    server.callHandler(LIST_SIGNALS, this::listSignals);
    server.callHandler(GET_PREDICTION, this::getPrediction);
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
        && !request.path().startsWith("/" + SERVICE.fullyQualifiedName() + "/")) {
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

  private void submitTicks(GrpcServerRequest<Buffer, TickResult> call) {
    open(
        call,
        Scope.TICKS_WRITE,
        exchange -> unary(call, exchange, message -> submit(call, exchange, message)));
  }

  private void submit(
      GrpcServerRequest<Buffer, TickResult> call, Exchange exchange, Buffer message) {
    exchange.bodyArrived();
    byte[] bytes = message.getBytes();
    BatchReading reading = TickBatchProtobuf.read(bytes, 0, bytes.length);
    if (reading instanceof Refusal refusal) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      refuse(
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
                refuse(call.response(), ((Answer.Refused) answer).problem());
              }
            });
  }

  private void listSignals(GrpcServerRequest<Buffer, ListSignalsResponse> call) {
    open(
        call,
        Scope.READ,
        exchange -> unary(call, exchange, message -> list(call, exchange, message)));
  }

  private void list(
      GrpcServerRequest<Buffer, ListSignalsResponse> call, Exchange exchange, Buffer message) {
    exchange.bodyArrived();
    Reading<ListSignalsRequest> reading;
    try {
      reading =
          SignalsQuery.check(
              exchange.principal(), ListSignalsRequest.parseFrom(message.getBytes()));
    } catch (InvalidProtocolBufferException e) {
      reading = noMessage("ListSignalsRequest");
    }
    if (reading instanceof Reading.Refusal<ListSignalsRequest> refusal) {
      refuse(call, exchange, refusal);
      return;
    }
    ingress
        .read(
            exchange,
            Address.LIST_SIGNALS,
            ((Reading.Accepted<ListSignalsRequest>) reading).request())
        .onComplete(
            page -> {
              SignalsAnswer answer = new SignalsAnswer(page);
              ingress.conclude(exchange, answer.outcome());
              answer.headers(call.response().trailers()::set);
              call.response().end(page);
            },
            failure -> refuse(call.response(), ingress.problem(exchange, (HopFailure) failure)));
  }

  private void getPrediction(GrpcServerRequest<Buffer, RecordedPrediction> call) {
    open(
        call,
        Scope.READ,
        exchange -> unary(call, exchange, message -> predict(call, exchange, message)));
  }

  private void predict(
      GrpcServerRequest<Buffer, RecordedPrediction> call, Exchange exchange, Buffer message) {
    exchange.bodyArrived();
    Reading<LatestRequest> reading;
    try {
      GetPredictionRequest asked = GetPredictionRequest.parseFrom(message.getBytes());
      reading = queries.prediction(exchange.principal(), asked.getSymbol(), asked.getTerminal());
    } catch (InvalidProtocolBufferException e) {
      reading = noMessage("GetPredictionRequest");
    }
    if (reading instanceof Reading.Refusal<LatestRequest> refusal) {
      refuse(call, exchange, refusal);
      return;
    }
    ingress
        .read(exchange, Address.LATEST, ((Reading.Accepted<LatestRequest>) reading).request())
        .onComplete(
            reply -> {
              if (reply.hasPrediction()) {
                ingress.conclude(exchange, RequestOutcome.OK);
                call.response().trailers().set("server-timing", exchange.serverTiming());
                call.response().end(reply.getPrediction());
              } else {
                refuse(
                    call.response(),
                    ingress.problem(exchange, ProblemCode.NOT_FOUND, SymbolRoutes.NO_PREDICTION));
              }
            },
            failure -> refuse(call.response(), ingress.problem(exchange, (HopFailure) failure)));
  }

  /**
   * Takes the first message of a call; further ones are dropped. A call that ends without one is
   * refused, since nobody else would ever answer it.
   */
  private void unary(
      GrpcServerRequest<Buffer, ?> call, Exchange exchange, Handler<Buffer> handler) {
    boolean[] taken = new boolean[1];
    call.messageHandler(
        message -> {
          if (!taken[0]) {
            taken[0] = true;
            unpack(call, exchange, message, handler);
          }
        });
    call.endHandler(
        end -> {
          if (!taken[0]) {
            taken[0] = true;
            ingress.conclude(exchange, RequestOutcome.REFUSED);
            refuse(
                call.response(),
                Problem.of(
                    ProblemCode.MALFORMED,
                    "the call carries no message; it must carry one",
                    exchange.requestId()));
          }
        });
  }

  private void unpack(
      GrpcServerRequest<Buffer, ?> call,
      Exchange exchange,
      GrpcMessage message,
      Handler<Buffer> handler) {
    byte[] payload;
    try {
      payload = GrpcPayload.read(message, maxMessageBytes);
    } catch (UnreadableMessage e) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      refuse(call.response(), Problem.of(e.code(), e.detail(), exchange.requestId()));
      return;
    }
    handler.handle(Buffer.buffer(payload));
  }

  /**
   * Opens the exchange of a call, or refuses it. Messages wait until it is known who sends them.
   */
  private void open(GrpcServerRequest<?, ?> call, Scope needed, Consumer<Exchange> opened) {
    long startNanos = clock.nanoTime();
    Call named = Objects.requireNonNull(entering);
    String requestId = named.requestId();
    call.response().headers().set("x-request-id", requestId);
    call.response().trailers().set(TraceContext.HEADER, named.traceparent());
    // Saturates: a grpc-timeout may say 99999999 hours.
    long askedNanos =
        call.timeout() > 0 ? TimeUnit.MILLISECONDS.toNanos(call.timeout()) : Long.MAX_VALUE;
    call.pause();
    ingress
        .authenticate(call.connection(), call.headers().get("authorization"))
        .onComplete(
            verification -> {
              if (verification instanceof Principal principal) {
                pass(call, ingress.open(named, principal, startNanos, askedNanos), needed, opened);
              } else {
                TokenRefusal refusal = (TokenRefusal) verification;
                refuse(
                    call.response(),
                    Problem.of(refusal.fault().problem(), refusal.detail(), requestId));
                call.resume();
              }
            },
            failure -> {
              refuse(call.response(), ingress.unverified(named, failure));
              call.resume();
            });
  }

  /** Goes on with a call that is within its tenant's rate, and its token's scope. */
  private void pass(
      GrpcServerRequest<?, ?> call, Exchange exchange, Scope needed, Consumer<Exchange> opened) {
    if (needed == Scope.TICKS_WRITE) {
      ingress
          .pass(exchange, needed, gone -> whenGone(call, gone))
          .onSuccess(turnstile -> passed(call, exchange, turnstile, opened));
    } else {
      passed(call, exchange, ingress.pass(exchange, needed), opened);
    }
  }

  /** Tells when the call is cancelled or its connection breaks. */
  private static void whenGone(GrpcServerRequest<?, ?> call, Runnable gone) {
    call.errorHandler(cancelled -> gone.run()).exceptionHandler(broken -> gone.run());
  }

  private void passed(
      GrpcServerRequest<?, ?> call,
      Exchange exchange,
      Turnstile turnstile,
      Consumer<Exchange> opened) {
    turnstile.headers(call.response().headers()::set);
    Problem refusal = turnstile.refusal();
    if (refusal == null) {
      opened.accept(exchange);
    } else {
      refuse(call.response(), refusal);
    }
    call.resume();
  }

  private static <Q extends MessageLite> Reading<Q> noMessage(String type) {
    return new Reading.Refusal<>(ProblemCode.MALFORMED, "the message is not a sub30.v1." + type);
  }

  private void refuse(GrpcServerRequest<?, ?> call, Exchange exchange, Reading.Refusal<?> refusal) {
    ingress.conclude(exchange, RequestOutcome.REFUSED);
    refuse(call.response(), Problem.of(refusal.code(), refusal.detail(), exchange.requestId()));
  }

  static void refuse(GrpcServerResponse<?, ?> response, Problem problem) {
    response.trailers().set("code", problem.code().code());
    if (problem.retryAfterSeconds() > 0) {
      response.trailers().set("retry-after", Integer.toString(problem.retryAfterSeconds()));
      response.trailers().set("retry-after-ms", Integer.toString(problem.retryAfterMillis()));
    }
    response.status(status(problem.code())).statusMessage(problem.detail()).end();
  }

  private static GrpcStatus status(ProblemCode code) {
    return switch (code) {
      case MALFORMED, UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE -> GrpcStatus.INVALID_ARGUMENT;
      case TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED -> GrpcStatus.UNAUTHENTICATED;
      case FORBIDDEN -> GrpcStatus.PERMISSION_DENIED;
      case NOT_FOUND -> GrpcStatus.NOT_FOUND;
      case METHOD_NOT_ALLOWED -> GrpcStatus.UNIMPLEMENTED;
      case SEQUENCE_CONFLICT -> GrpcStatus.ALREADY_EXISTS;
      case SEQUENCE_EXPIRED, NOTHING_VALID -> GrpcStatus.FAILED_PRECONDITION;
      case TOO_LARGE, RATE_LIMITED -> GrpcStatus.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> GrpcStatus.UNAVAILABLE;
      case OUT_OF_TIME -> GrpcStatus.DEADLINE_EXCEEDED;
      case INTERNAL -> GrpcStatus.INTERNAL;
    };
  }
}
