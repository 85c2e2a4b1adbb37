package io.sub30.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Unary {@code sub30.v1.TradingGateway/SubmitTicks}. The batch is encoded already, so both codecs
 * pass bytes through.
 */
final class GrpcWire implements Wire {
  private static final ServiceMethod<Buffer, Buffer> SUBMIT_TICKS =
      ServiceMethod.client(
          ServiceName.create("sub30.v1", "TradingGateway"),
          "SubmitTicks",
          GrpcMessageEncoder.IDENTITY,
          GrpcMessageDecoder.IDENTITY);

  /**
   * The standard health check; a server that lacks it says so, over the connection that is wanted.
   */
  private static final ServiceMethod<Buffer, Buffer> HEALTH =
      ServiceMethod.client(
          ServiceName.create("grpc.health.v1", "Health"),
          "Check",
          GrpcMessageEncoder.IDENTITY,
          GrpcMessageDecoder.IDENTITY);

  /** A result of 10,000 rejected ticks with reasons stays below this. */
  private static final long ANSWER_BYTES_MAX = 4L * 1024 * 1024;

  private final GrpcClient client;
  private final SocketAddress server;
  private final String authorization;
  private final long timeoutMillis;

  GrpcWire(Vertx vertx, ClientOptions options) {
    this.timeoutMillis = options.timeout().toMillis();
    this.client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions().setMaxMessageSize(ANSWER_BYTES_MAX),
            options.connecting());
    this.server = SocketAddress.inetSocketAddress(options.port(), options.host());
    this.authorization = "Bearer " + options.token();
  }

  @Override
  public Future<Answer> send(byte[] body) {
    return client
        .request(server, SUBMIT_TICKS)
        .compose(
            call -> {
              call.headers().set("authorization", authorization);
              call.idleTimeout(timeoutMillis);
              // Inside, so that the answer is listened to on the loop, before it can pass.
              return call.send(Buffer.buffer(body)).compose(GrpcWire::read);
            })
        .recover(Failures::asAnswer);
  }

  private static Future<Answer> read(GrpcClientResponse<Buffer, Buffer> response) {
    Buffer[] message = new Buffer[1];
    response.handler(bytes -> message[0] = bytes);
    // The end fails both for a status other than OK, which is an answer, and for a lost stream,
    // which has no status.
    return response
        .end()
        .transform(
            (ended, failure) -> {
              GrpcStatus status = response.status();
              boolean answered = status != null && (failure == null || status != GrpcStatus.OK);
              return answered
                  ? Future.succeededFuture(answer(response, status, message[0]))
                  : Future.failedFuture(failure);
            });
  }

  private static Answer answer(
      GrpcClientResponse<Buffer, Buffer> response, GrpcStatus status, @Nullable Buffer message) {
    if (status != GrpcStatus.OK) {
      String said = response.statusMessage();
      return Answer.problem(
          httpStatus(status),
          metadata(response, "code", status.name().toLowerCase(java.util.Locale.ROOT)),
          said == null ? "" : said,
          Failures.retryAfterMillis(
              metadata(response, "retry-after", ""),
              metadata(response, Failures.RETRY_AFTER_MS, "")));
    }
    if (message == null) {
      return Answer.none(Answer.MALFORMED, "OK without a message");
    }
    try {
      return Answer.accepted(TickResult.parseFrom(message.getBytes()));
    } catch (InvalidProtocolBufferException e) {
      return Answer.none(Answer.MALFORMED, "OK with an unreadable message: " + e.getMessage());
    }
  }

  /** An answer without a message carries its metadata in the headers, any other in the trailers. */
  private static String metadata(GrpcClientResponse<?, ?> response, String name, String absent) {
    String value = response.trailers().get(name);
    if (value == null) {
      value = response.headers().get(name);
    }
    return value == null ? absent : value;
  }

  /** The HTTP status of the same meaning, so that reports of both transports compare. */
  static int httpStatus(GrpcStatus status) {
    return switch (status) {
      case OK -> 200;
      case INVALID_ARGUMENT -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case OUT_OF_RANGE -> 413;
      case FAILED_PRECONDITION -> 422;
      case RESOURCE_EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
    };
  }

  @Override
  public Future<Void> open() {
    return client
        .request(server, HEALTH)
        .compose(call -> call.send(Buffer.buffer()).compose(GrpcClientResponse::end));
  }

  /** Succeeds when the server answers a call that carries no batch, whatever it says. */
  Future<Void> reach() {
    return client
        .request(server, HEALTH)
        .compose(
            call -> {
              call.idleTimeout(timeoutMillis);
              return call.send(Buffer.buffer())
                  .compose(
                      response ->
                          response
                              .end()
                              .recover(
                                  failure ->
                                      response.status() == null
                                          ? Future.failedFuture(failure)
                                          : Future.succeededFuture()));
            });
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
