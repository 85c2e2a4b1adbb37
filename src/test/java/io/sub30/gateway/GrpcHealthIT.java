package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import com.google.protobuf.MessageOrBuilder;
import io.sub30.gateway.grpc.GrpcHealth;
import io.sub30.gateway.grpc.GrpcReflection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.health.v1.HealthListRequest;
import io.vertx.grpc.health.v1.HealthListResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health and reflection over gRPC, asked as load balancers and developers' tools do. */
class GrpcHealthIT {

  private static final int LANES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GATEWAY = "sub30.v1.TradingGateway";
  private static final ServiceName HEALTH = ServiceName.create("grpc.health.v1.Health");

  private static final ServiceMethod<HealthCheckResponse, HealthCheckRequest> CHECK =
      method(HEALTH, "Check", HealthCheckResponse.newBuilder());
  private static final ServiceMethod<HealthCheckResponse, HealthCheckRequest> WATCH =
      method(HEALTH, "Watch", HealthCheckResponse.newBuilder());
  private static final ServiceMethod<HealthListResponse, HealthListRequest> LIST =
      method(HEALTH, "List", HealthListResponse.newBuilder());
  private static final ServiceMethod<ServerReflectionResponse, ServerReflectionRequest> REFLECT =
      method(
          ServiceName.create("grpc.reflection.v1.ServerReflection"),
          "ServerReflectionInfo",
          ServerReflectionResponse.newBuilder());

  @TempDir private static Path data;
  private static RunningNode node;
  private static GrpcClient client;
  private static volatile boolean failing;

  @BeforeAll
  static void start() throws Exception {
    node =
        RunningNode.start(
            data,
            Map.of("breakers.min_calls", "8", "http.grpc_reflection", "true"),
            writer ->
                group ->
                    failing
                        ? Future.failedFuture(new IllegalStateException("injected: not sent"))
                        : writer.write(group));
    client = client();
  }

  private static GrpcClient client() {
    return GrpcClient.client(
        node.vertx,
        new GrpcClientOptions(),
        new HttpClientOptions().setHttp2ClearTextUpgrade(false));
  }

  @AfterAll
  static void stop() throws Exception {
    await(client.close());
    node.close();
  }

  private static <Q extends MessageLite, R extends MessageLite> ServiceMethod<R, Q> method(
      ServiceName service, String name, MessageOrBuilder reply) {
    return ServiceMethod.client(
        service, name, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(reply));
  }

  /**
   * Asks all of it in one call, which then ends.
   *
   * @param read gets the answer on the loop, before any of it can pass
   */
  private static <Q, R, T> Future<T> call(
      GrpcClient client,
      ServiceMethod<R, Q> method,
      List<Q> messages,
      Function<GrpcClientResponse<Q, R>, Future<T>> read) {
    SocketAddress server =
        SocketAddress.inetSocketAddress(node.node.api().port(), node.node.api().host());
    return client
        .request(server, method)
        .compose(
            call -> {
              messages.forEach(call::write);
              call.end();
              return call.response().compose(read);
            });
  }

  private static <Q, R> R reply(ServiceMethod<R, Q> method, Q message) throws Exception {
    return await(call(client, method, List.of(message), GrpcClientResponse::last));
  }

  /** Watches until the client is closed; completes with the first status. */
  private static Future<ServingStatus> watch(
      GrpcClient client, String service, Consumer<ServingStatus> seen) {
    return call(
        client,
        WATCH,
        List.of(of(service)),
        statuses -> {
          Promise<ServingStatus> first = Promise.promise();
          statuses.handler(
              said -> {
                seen.accept(said.getStatus());
                first.tryComplete(said.getStatus());
              });
          statuses.end().onFailure(first::tryFail);
          return first.future();
        });
  }

  private static HealthCheckRequest of(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  private static ServingStatus check(String service) throws Exception {
    return reply(CHECK, of(service)).getStatus();
  }

  private static void awaitStatus(ServingStatus status) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(check("")).isEqualTo(status);
              assertThat(check(GATEWAY)).isEqualTo(status);
            });
  }

  @Test
  void health_followsReadiness() throws Exception {
    awaitStatus(ServingStatus.SERVING);
    List<ServingStatus> seen = new CopyOnWriteArrayList<>();
    assertThat(await(watch(client, "", seen::add))).isEqualTo(ServingStatus.SERVING);

    failing = true;
    try (Api api = node.api(HttpVersion.HTTP_2)) {
      String token = node.token("health");
      // The rehearsal's commits count too: so many have to fail that they are half of all.
      AtomicInteger sequence = new AtomicInteger();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                api.submit(token, batch("t", sequence.incrementAndGet(), 5), Api.PROTOBUF);
                return check("") == ServingStatus.NOT_SERVING;
              });
      awaitStatus(ServingStatus.NOT_SERVING);
      assertThat(node.ops("/health/ready").status()).isEqualTo(503);
    } finally {
      failing = false;
    }
    awaitStatus(ServingStatus.SERVING);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(seen)
                    .containsSubsequence(
                        ServingStatus.SERVING, ServingStatus.NOT_SERVING, ServingStatus.SERVING));
  }

  @Test
  void list_namesTheServerAndTheGateway() throws Exception {
    assertThat(reply(LIST, HealthListRequest.getDefaultInstance()).getStatusesMap())
        .containsOnlyKeys("", GATEWAY);
  }

  @Test
  void check_ofAnUnknownService_isNotFound() throws Exception {
    assertThat(status("/grpc.health.v1.Health/Check", of("nobody"), Map.of())).isEqualTo("5");
  }

  @Test
  void watch_ofAnUnknownService_saysSo() throws Exception {
    assertThat(await(watch(client, "nobody", seen -> {}))).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
  }

  /** More than all lanes have places for: what is over is refused, and who leaves makes place. */
  @Test
  void watch_overTheBound_isRefused_untilOthersLeave() throws Exception {
    int asked = LANES * GrpcHealth.MAX_WATCHERS + 1;
    AtomicInteger told = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    GrpcClient other = client();
    try {
      for (int i = 0; i < asked; i++) {
        call(
                other,
                WATCH,
                List.of(of("")),
                answer -> {
                  AtomicBoolean first = new AtomicBoolean(true);
                  answer.handler(
                      said -> {
                        if (first.compareAndSet(true, false)) {
                          told.incrementAndGet();
                        }
                      });
                  return answer.end();
                })
            .onFailure(ended -> refused.incrementAndGet());
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(refused.get()).isPositive();
                assertThat(told.get() + refused.get()).isEqualTo(asked);
                assertThat(told.get()).isGreaterThanOrEqualTo(GrpcHealth.MAX_WATCHERS - 2);
              });
    } finally {
      await(other.close());
    }
    // Connections go to the lanes in turn: one of these has the lane that was full.
    for (int lane = 0; lane < LANES; lane++) {
      GrpcClient next = client();
      try {
        await().atMost(PATIENCE).until(() -> watches(next));
      } finally {
        await(next.close());
      }
    }
  }

  private static boolean watches(GrpcClient client) throws Exception {
    return await(watch(client, "", seen -> {}).map(first -> true).otherwise(false));
  }

  @Test
  void check_compressed_isRefused() throws Exception {
    assertThat(status("/grpc.health.v1.Health/Check", of(""), Map.of("grpc-encoding", "gzip")))
        .isEqualTo("12");
  }

  @Test
  void check_withoutAMessage_isRefused() throws Exception {
    assertThat(status("/grpc.health.v1.Health/Check", Buffer.buffer(), Map.of())).isEqualTo("3");
  }

  @Test
  void check_overTheLimit_isRefusedOnce() throws Exception {
    HealthCheckRequest large = of("x".repeat(4 << 20));
    assertThat(status("/grpc.health.v1.Health/Check", large, Map.of())).isEqualTo("8");
  }

  @Test
  void reflection_answersEveryQuestionOfACall() throws Exception {
    List<ServerReflectionResponse> answers = new CopyOnWriteArrayList<>();
    await(
        call(
            client,
            REFLECT,
            List.of(
                ServerReflectionRequest.newBuilder().setListServices("*").build(),
                ServerReflectionRequest.newBuilder().setFileContainingSymbol(GATEWAY).build(),
                ServerReflectionRequest.newBuilder().setFileByFilename("none.proto").build()),
            answer -> {
              answer.handler(answers::add);
              return answer.end();
            }));
    assertThat(answers).hasSize(3);
    assertThat(answers.get(0).getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(GATEWAY, "grpc.health.v1.Health");
    assertThat(answers.get(1).getFileDescriptorResponse().getFileDescriptorProtoList())
        .isNotEmpty();
    assertThat(answers.get(2).getErrorResponse().getErrorCode()).isEqualTo(5);
  }

  @Test
  void reflection_overTheBound_isRefused() throws Exception {
    ServerReflectionRequest asked =
        ServerReflectionRequest.newBuilder().setFileByFilename("none.proto").build();
    GrpcStatus status =
        await(
            call(
                client,
                REFLECT,
                Collections.nCopies(GrpcReflection.MAX_QUESTIONS + 1, asked),
                answer ->
                    answer.end().transform(ended -> Future.succeededFuture(answer.status()))));
    assertThat(status).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
  }

  /** The gRPC status of a call that has no answer. */
  private static String status(String path, MessageLite message, Map<String, String> headers)
      throws Exception {
    byte[] bytes = message.toByteArray();
    return status(
        path,
        Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes),
        headers);
  }

  private static String status(String path, Buffer body, Map<String, String> headers)
      throws Exception {
    try (Api api = node.api(HttpVersion.HTTP_2)) {
      Api.Reply reply = api.send(HttpMethod.POST, path, null, "application/grpc", body, headers);
      assertThat(reply.status()).isEqualTo(200);
      return reply.headers().get("grpc-status");
    }
  }
}
