package io.sub30.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.gateway.requests.BatchCodecs;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers as a test wants it to, over real sockets. It remembers what it was sent.
 */
public final class StubServer implements AutoCloseable {
  /** What to do with one request; the batch is null when the body is not protobuf. */
  public interface Behaviour {
    void answer(HttpServerRequest request, Received received);
  }

  /** One request as it arrived. */
  public record Received(
      @Nullable TickBatch batch, Buffer body, String authorization, String contentType) {
    public TickBatch asBatch() {
      if (batch == null) {
        throw new AssertionError("not protobuf: " + body);
      }
      return batch;
    }
  }

  public final List<Received> received = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final HttpServer server;

  public StubServer(Behaviour behaviour) throws Exception {
    this.server =
        await(
            vertx
                .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(
                    request -> {
                      if (!request.path().startsWith("/v1/ticks")
                          && !request.path().startsWith("/sub30.v1.")) {
                        request.response().setStatusCode(404).end();
                        return;
                      }
                      if (request.path().equals("/v1/ticks/stream")) {
                        // Its body has no end: what is to happen happens at its head.
                        behaviour.answer(request, receive(request, Buffer.buffer()));
                        return;
                      }
                      request
                          .body()
                          .onSuccess(
                              body -> {
                                Received one = receive(request, body);
                                received.add(one);
                                behaviour.answer(request, one);
                              });
                    })
                .listen());
  }

  Vertx vertx() {
    return vertx;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** Answers 200 with a durable result. */
  public static void acknowledge(HttpServerRequest request, Received received) {
    TickBatch batch = received.asBatch();
    TickResult result =
        TickResult.newBuilder()
            .setSequence(batch.getSequence())
            .setDurable(true)
            .setAccepted(batch.getTicksCount())
            .build();
    request
        .response()
        .putHeader("content-type", "application/x-protobuf")
        .end(Buffer.buffer(result.toByteArray()));
  }

  /** Answers with a problem. */
  public static void refuse(
      HttpServerRequest request, int status, String code, @Nullable String retryAfter) {
    if (retryAfter != null) {
      request.response().putHeader("retry-after", retryAfter);
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/problem+json")
        .end("{\"status\":" + status + ",\"code\":\"" + code + "\",\"detail\":\"because\"}");
  }

  private static Received receive(HttpServerRequest request, Buffer body) {
    String type = String.valueOf(request.getHeader("content-type"));
    TickBatch batch = null;
    try {
      batch =
          type.contains("protobuf")
              ? BatchCodecs.expand(TickBatch.parseFrom(body.getBytes()))
              : null;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return new Received(batch, body, String.valueOf(request.getHeader("authorization")), type);
  }

  static <T> T await(io.vertx.core.Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
  }
}
