package io.sub30.gateway;

import static io.sub30.gateway.AbusedNode.gzip;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.requests.Batches;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packed bodies and messages: unpacked within the bound of what is not packed. */
class CompressedBodiesIT {

  /** As many zeros as packed are 64 KiB. */
  private static final int BOMB_BYTES = 64 << 20;

  @TempDir private static Path data;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void body_isUnpackedWithinTheLimit() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token("packed");
      Map<String, String> gzip = Map.of("content-encoding", "gzip");
      Buffer good =
          Buffer.buffer(gzip(Batches.json(batch("t", 1, 5)).getBytes(StandardCharsets.UTF_8)));
      Reply stored = api.post(token, Api.JSON, good, gzip);
      assertThat(stored.status()).as(stored.body().toString()).isEqualTo(200);
      Reply bomb = api.post(token, Api.JSON, Buffer.buffer(gzip(new byte[BOMB_BYTES])), gzip);
      assertThat(bomb.status()).isEqualTo(413);
      assertThat(bomb.code()).isEqualTo("too_large");
      assertThat(api.post(token, Api.JSON, Buffer.buffer("{}"), gzip).status()).isEqualTo(400);
      Map<String, String> other = Map.of("content-encoding", "br");
      assertThat(api.post(token, Api.JSON, good, other).status()).isEqualTo(415);
    }
  }

  @Test
  void grpcMessage_isUnpackedWithinTheLimit() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      byte[] good = gzip(batch("t", 1, 5).toByteArray());
      Reply stored = grpc(api, good, "gzip");
      assertThat(stored.status()).isEqualTo(200);
      assertThat(stored.headers().get("grpc-status")).isNull();
      assertThat(stored.body().length()).isGreaterThan(5);
      Reply bomb = grpc(api, gzip(new byte[BOMB_BYTES]), "gzip");
      assertThat(bomb.headers().get("grpc-status")).isEqualTo("8");
      assertThat(bomb.headers().get("code")).isEqualTo("too_large");
      assertThat(grpc(api, new byte[] {1, 2, 3}, "gzip").headers().get("grpc-status"))
          .isEqualTo("3");
      assertThat(grpc(api, good, "snappy").headers().get("grpc-status")).isEqualTo("3");
    }
  }

  private static Reply grpc(Api api, byte[] packed, String encoding) throws Exception {
    Buffer message = Buffer.buffer().appendByte((byte) 1).appendInt(packed.length);
    return api.send(
        HttpMethod.POST,
        "/sub30.v1.TradingGateway/SubmitTicks",
        server.token("packed-grpc"),
        "application/grpc",
        message.appendBytes(packed),
        Map.of("grpc-encoding", encoding, "te", "trailers"));
  }
}
