package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Encoding;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayListener;
import io.sub30.client.ReplayPlan;
import io.sub30.client.ReplayReport;
import io.sub30.client.Sub30Client;
import io.sub30.client.TickFiles;
import io.sub30.client.Transport;
import io.vertx.core.Future;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Java client over the stream, and between gRPC and the stream, with a whole node. */
@Tag("long")
class ClientSwitchIT {

  private static final int ATTEMPTS = 60;

  @TempDir private static Path data = Path.of("");
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data, Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static ClientOptions options(
      URI target, String token, Transport transport, Encoding encoding) {
    return new ClientOptions(target, token, transport, encoding, 1, 64, Duration.ofSeconds(5));
  }

  private static URI direct() {
    return URI.create("http://127.0.0.1:" + server.node.api().port());
  }

  @ParameterizedTest
  @EnumSource
  void stream_manyAtOnce_eachGetsItsOwnAnswer(Encoding encoding) throws Exception {
    String tenant = "client-" + encoding.name().toLowerCase(java.util.Locale.ROOT);
    Sub30Client client =
        new Sub30Client(
            server.vertx, options(direct(), server.token(tenant), Transport.STREAM, encoding));
    List<Future<Answer>> answers = new ArrayList<>();
    for (long sequence = 1; sequence <= 40; sequence++) {
      answers.add(client.submit(batch("t", sequence, 5)));
    }
    int stored = 0;
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = await(answers.get(i));
      if (answer.result() != null) {
        assertThat(answer.result().getSequence()).isEqualTo(i + 1);
        stored++;
      } else {
        assertThat(answer.status()).as(answer.summary()).isIn(503, 504);
      }
    }
    assertThat(stored).isGreaterThan(20);
    assertThat(server.batches(tenant)).isGreaterThanOrEqualTo(stored);
    await(client.close());
  }

  @Test
  void stream_refusals_areAnswersOfTheirBatches() throws Exception {
    Sub30Client bad =
        new Sub30Client(server.vertx, options(direct(), "x", Transport.STREAM, Encoding.PROTOBUF));
    assertThat(await(bad.submit(batch("t", 1, 5))).code()).isEqualTo("token_invalid");
    Sub30Client good =
        new Sub30Client(
            server.vertx,
            options(direct(), server.token("client-mixed"), Transport.STREAM, Encoding.JSON));
    Future<Answer> empty = good.submit(batch("t", 1, 0));
    Future<Answer> full = good.submit(batch("t", 1, 5));
    assertThat(await(empty).status()).isEqualTo(400);
    assertThat(await(empty).retriable()).isFalse();
    assertThat(await(full).result()).isNotNull();
    await(bad.close());
    await(good.close());
  }

  @ParameterizedTest
  @EnumSource
  void replay_overTheStream_isAnsweredInFull(Encoding encoding) throws Exception {
    String tenant = "client-replay-" + encoding.name().toLowerCase(java.util.Locale.ROOT);
    ReplayPlan plan =
        ReplayPlan.of(direct(), List.of(server.token(tenant)), TickFiles.sample())
            .withTransport(Transport.STREAM, encoding)
            .withConnections(2)
            .withPace(new Pace.Rate(40))
            .withLength(Duration.ofSeconds(2));
    ReplayReport report = await(new Replay(plan, ReplayListener.NONE).run()).report();
    assertThat(report.sent()).isGreaterThan(60);
    assertThat(report.clean()).as(report.toJson()).isTrue();
    assertThat(server.batches(tenant)).isEqualTo(report.sent());
  }

  /** While it is broken, what comes by gRPC reaches the node but its answer is lost. */
  @Test
  void grpcBreaksAndComesBack_batchesGoByTheStreamMeanwhileAndEachIsStoredOnce() throws Exception {
    try (GrpcBreakingProxy proxy = new GrpcBreakingProxy(server.vertx, server.node.api())) {
      Sub30Client client =
          new Sub30Client(
              server.vertx,
              options(
                  proxy.uri(),
                  server.token("client-switch"),
                  Transport.GRPC_ELSE_STREAM,
                  Encoding.PROTOBUF));
      long sequence = 0;
      while (sequence < 10) {
        acknowledged(client, ++sequence);
      }
      assertThat(proxy.calls.get()).isGreaterThanOrEqualTo(10);
      assertThat(proxy.streams).hasValue(0);

      proxy.broken = true;
      int duplicates = 0;
      while (proxy.streams.get() == 0 && sequence < 40) {
        duplicates += acknowledged(client, ++sequence) ? 1 : 0;
      }
      assertThat(proxy.streams).hasValue(1);
      assertThat(duplicates).as("stored by the call whose answer was lost").isPositive();
      int calls = proxy.calls.get();
      for (int i = 0; i < 20; i++) {
        acknowledged(client, ++sequence);
      }
      assertThat(proxy.calls).as("batches by gRPC while the breaker is open").hasValue(calls);
      assertThat(proxy.streams).hasValue(1);

      proxy.broken = false;
      long before = sequence;
      while (proxy.calls.get() == calls && sequence < before + 2_000) {
        acknowledged(client, ++sequence);
      }
      assertThat(proxy.calls.get()).isGreaterThan(calls);
      assertThat(server.batches("client-switch")).isEqualTo(sequence);
      await(client.close());
    }
  }

  /** Sends that batch until it is acknowledged. Returns whether it was stored before. */
  private static boolean acknowledged(Sub30Client client, long sequence) throws Exception {
    Answer answer = await(client.submit(batch("t", sequence, 5)));
    for (int i = 1; i < ATTEMPTS && !answer.acknowledged(); i++) {
      assertThat(answer.retriable()).as(answer.summary()).isTrue();
      answer = await(client.submit(batch("t", sequence, 5)));
    }
    assertThat(answer.acknowledged()).as(answer.summary()).isTrue();
    return answer.result() != null && answer.result().getDuplicate();
  }
}
