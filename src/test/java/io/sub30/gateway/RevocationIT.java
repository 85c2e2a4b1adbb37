package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of revoked tokens changes while the server serves. */
@Tag("long")
class RevocationIT {

  @TempDir private static Path folder;
  private static Path list;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    list = Files.writeString(folder.resolve("revoked"), "# nobody yet\n");
    server =
        RunningNode.start(
            folder.resolve("data"), Map.of("auth.revoked", list.toString(), "auth.refresh", "1s"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String token(String tenant, String id) {
    return new TokenMint(server.keys, EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, Tier.FREE, null, Duration.ofHours(1), Scope.API, id));
  }

  /** As an operator should: whole or not at all. */
  private static void write(String text) throws Exception {
    Path fresh = Files.writeString(folder.resolve("revoked.new"), text);
    Files.move(fresh, list, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitStatus(Api api, String token, int status) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(api.get("/v1/signals", token).status()).isEqualTo(status));
  }

  @Test
  void refresh_changedList_refusesTokensThatWorked() throws Exception {
    String stolen = token("acme", "stolen");
    String other = token("acme", "other");
    String globex = token("globex", "globex");
    try (Api api = server.api(HttpVersion.HTTP_2);
        GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      for (String token : new String[] {stolen, other, globex}) {
        assertThat(api.get("/v1/signals", token).status()).isEqualTo(200);
      }

      write("token stolen\n");
      awaitStatus(api, stolen, 401);
      Api.Reply refused = api.get("/v1/signals", stolen);
      assertThat(refused.code()).isEqualTo("token_invalid");
      assertThat(refused.detail()).contains("was revoked");
      assertThat(grpc.signals(stolen, 1).status()).isEqualTo("UNAUTHENTICATED");
      assertThat(grpc.submit(stolen, Submissions.batch("t", 1, 1)).status())
          .isEqualTo("UNAUTHENTICATED");
      assertThat(server.batches("acme")).isZero();
      assertThat(api.get("/v1/signals", other).status()).isEqualTo(200);

      write("token stolen\ntenant acme " + Instant.now().plusSeconds(1) + "\n");
      awaitStatus(api, other, 401);
      write("token stolen\nthis line says nothing\n");
      // Longer than it takes to read the list; what was read before must still be in force.
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(api.get("/v1/signals", other).status()).isEqualTo(401);
                assertThat(api.get("/v1/signals", globex).status()).isEqualTo(200);
              });
      write("");
      awaitStatus(api, stolen, 200);
    }
  }

  @Test
  void start_listThatCannotBeRead_isRefused() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad"), "token a\njti b\n");
    assertThatThrownBy(
            () ->
                RunningNode.start(folder.resolve("refused"), Map.of("auth.revoked", bad.toString()))
                    .close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("auth.revoked: " + bad + " cannot be used: line 2");
  }
}
