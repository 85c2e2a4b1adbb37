package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.requests.BatchCodecs;
import io.sub30.v1.Side;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Sub30ClientIT {
  private static final TickBatch BATCH =
      TickBatch.newBuilder()
          .setTerminal("t")
          .setSequence(7)
          .addTicks(Tick.newBuilder().setSymbol("EURUSD").setBid(1.1).setAsk(1.2))
          .build();

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    StubServer.await(vertx.close());
  }

  /** The answer may be there before the caller's thread comes to listen. Each must be heard. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP2", "HTTP1"})
  void submit_fromAThreadOfItsOwn_isAlwaysAnswered(Transport transport) throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      Sub30Client client =
          new Sub30Client(vertx, options(server.uri(), transport, Encoding.PROTOBUF));
      for (int i = 0; i < 6_000; i++) {
        CompletableFuture<Answer> answer =
            client.submit(BATCH).toCompletionStage().toCompletableFuture();

        assertThat(answer.get(15, TimeUnit.SECONDS).acknowledged()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP2", "HTTP1"})
  void submit_protobuf_isAcknowledgedOverTheTransportAsked(Transport transport) throws Exception {
    List<HttpVersion> versions = new CopyOnWriteArrayList<>();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              versions.add(request.version());
              assertThat(request.path()).isEqualTo("/v1/ticks");
              StubServer.acknowledge(request, received);
            })) {
      Answer answer = submit(options(server.uri(), transport, Encoding.PROTOBUF));

      assertThat(answer.acknowledged()).isTrue();
      assertThat(answer.result()).extracting(TickResult::getSequence).isEqualTo(7L);
      assertThat(versions)
          .containsExactly(
              transport == Transport.HTTP2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
      assertThat(server.received.get(0).authorization()).isEqualTo("Bearer tok");
      assertThat(server.received.get(0).batch()).isEqualTo(BATCH);
    }
  }

  @Test
  void submit_json_readsTheJsonAnswer() throws Exception {
    try (StubServer server =
        new StubServer(
            (request, received) ->
                request
                    .response()
                    .putHeader("content-type", "application/json")
                    .end(
                        "{\"durable\":true,\"sequence\":7,\"signals\":[{\"side\":\"BUY\"}],\"accepted\":1}"))) {
      Answer answer = submit(options(server.uri(), Transport.HTTP2, Encoding.JSON));

      assertThat(answer.acknowledged()).isTrue();
      assertThat(answer.result()).extracting(r -> r.getSignals(0).getSide()).isEqualTo(Side.BUY);
      assertThat(server.received.get(0).contentType()).isEqualTo("application/json");
      assertThat(server.received.get(0).body().toJsonObject().getInteger("sequence")).isEqualTo(7);
    }
  }

  @Test
  void submit_problem_isAValueWithItsCodeAndRetryAfter() throws Exception {
    try (StubServer server =
        new StubServer(
            (request, received) -> StubServer.refuse(request, 429, "rate_limited", "3"))) {
      Answer answer = submit(options(server.uri(), Transport.HTTP2, Encoding.PROTOBUF));

      assertThat(answer).isEqualTo(Answer.problem(429, "rate_limited", "because", 3_000));
      assertThat(answer.retriable()).isTrue();
    }
  }

  @Test
  void submit_unreadableResult_isMalformed() throws Exception {
    try (StubServer server =
        new StubServer((request, received) -> request.response().end("<html>"))) {
      Answer answer = submit(options(server.uri(), Transport.HTTP1, Encoding.PROTOBUF));

      assertThat(answer.code()).isEqualTo(Answer.MALFORMED);
      assertThat(answer.acknowledged()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void submit_serverHangs_timesOut(Transport transport) throws Exception {
    try (StubServer server = new StubServer((request, received) -> {})) {
      Answer answer = submit(options(server.uri(), transport, Encoding.PROTOBUF));

      assertThat(answer.status()).isZero();
      assertThat(answer.code()).isEqualTo(Answer.TIMEOUT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void submit_serverDropsTheConnection_isNoAnswer(Transport transport) throws Exception {
    try (StubServer server = new StubServer((request, received) -> request.connection().close())) {
      Answer answer = submit(options(server.uri(), transport, Encoding.PROTOBUF));

      assertThat(answer.code()).isEqualTo(Answer.CONNECTION);
    }
  }

  @ParameterizedTest
  @EnumSource
  void submit_nobodyListens_isNoAnswer(Transport transport) throws Exception {
    StubServer server = new StubServer(StubServer::acknowledge);
    URI uri = server.uri();
    server.close();

    Answer answer = submit(options(uri, transport, Encoding.PROTOBUF));

    assertThat(answer.code()).isEqualTo(Answer.CONNECTION);
  }

  @Test
  void submit_beyondTheInFlightBound_isBusyAndNotSent() throws Exception {
    List<Runnable> held = new CopyOnWriteArrayList<>();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              held.add(() -> StubServer.acknowledge(request, received));
              if (held.size() == 2) {
                held.forEach(Runnable::run);
              }
            })) {
      ClientOptions options =
          new ClientOptions(
              server.uri(),
              "tok",
              Transport.HTTP2,
              Encoding.PROTOBUF,
              1,
              2,
              Duration.ofSeconds(10));
      Sub30Client client = new Sub30Client(vertx, options);
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(client.submit(BATCH));
      }
      StubServer.await(Future.all(answers));

      assertThat(answers)
          .extracting(a -> a.result().acknowledged())
          .containsExactly(true, true, false);
      assertThat(answers.get(2).result().code()).isEqualTo(Answer.BUSY);
      assertThat(server.received).hasSize(2);
    }
  }

  @Test
  void submit_grpc_isAcknowledged() throws Exception {
    List<String> authorizations = new CopyOnWriteArrayList<>();
    List<TickBatch> batches = new CopyOnWriteArrayList<>();
    ServiceMethod<TickBatch, TickResult> method = submitTicks();
    HttpServer server =
        grpc(
            GrpcServer.server(vertx)
                .callHandler(
                    method,
                    call ->
                        call.handler(
                            batch -> {
                              authorizations.add(
                                  String.valueOf(call.headers().get("authorization")));
                              batches.add(BatchCodecs.expand(batch));
                              call.response()
                                  .end(
                                      TickResult.newBuilder()
                                          .setDurable(true)
                                          .setSequence(batch.getSequence())
                                          .build());
                            })));

    Answer answer = submit(options(uri(server), Transport.GRPC, Encoding.PROTOBUF));

    assertThat(answer.acknowledged()).isTrue();
    assertThat(answer.result()).extracting(TickResult::getSequence).isEqualTo(7L);
    assertThat(batches).containsExactly(BATCH);
    assertThat(authorizations).containsExactly("Bearer tok");
  }

  @Test
  void submit_grpcRefuses_isTheHttpStatusOfTheSameMeaning() throws Exception {
    HttpServer server =
        grpc(
            GrpcServer.server(vertx)
                .callHandler(
                    submitTicks(),
                    call -> {
                      call.response().trailers().set("code", "unavailable").set("retry-after", "2");
                      call.response()
                          .status(GrpcStatus.UNAVAILABLE)
                          .statusMessage("cannot store")
                          .end();
                    }));

    Answer answer = submit(options(uri(server), Transport.GRPC, Encoding.PROTOBUF));

    assertThat(answer).isEqualTo(Answer.problem(503, "unavailable", "cannot store", 2_000));
  }

  private Answer submit(ClientOptions options) throws Exception {
    return StubServer.await(new Sub30Client(vertx, options).submit(BATCH));
  }

  private static ClientOptions options(URI uri, Transport transport, Encoding encoding) {
    return new ClientOptions(uri, "tok", transport, encoding, 1, 16, Duration.ofMillis(700));
  }

  private HttpServer grpc(GrpcServer handler) throws Exception {
    return StubServer.await(
        vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1"));
  }

  private static URI uri(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  private static ServiceMethod<TickBatch, TickResult> submitTicks() {
    return ServiceMethod.server(
        ServiceName.create("sub30.v1", "TradingGateway"),
        "SubmitTicks",
        GrpcMessageEncoder.encoder(),
        GrpcMessageDecoder.decoder(TickBatch.getDefaultInstance()));
  }
}
