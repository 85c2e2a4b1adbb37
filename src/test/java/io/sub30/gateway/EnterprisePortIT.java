package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.node.Endpoint;
import io.vertx.core.http.HttpVersion;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The listener that takes enterprise tokens only, beside the one for all. */
class EnterprisePortIT {

  @TempDir private static Path data;
  private static RunningNode server;
  private static Endpoint own;

  @BeforeAll
  static void start() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server =
        RunningNode.start(
            data,
            // On a busy machine the first batches of a fresh server may take long.
            Map.of("http.enterprise_port", Integer.toString(port), "budget.mode", "off"));
    own = new Endpoint("127.0.0.1", port, false);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void submit_enterpriseToken_isServedOnBothPorts() throws Exception {
    String token = server.token("both", Tier.ENTERPRISE, null);
    try (Api api = new Api(server.vertx, own, HttpVersion.HTTP_2);
        Api shared = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      acknowledged(shared, token, batch("t", 2, 5), PROTOBUF);
    }
    assertThat(server.batches("both")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Tier.class,
      names = {"FREE", "PRO"})
  void request_ofAnotherTier_isForbiddenOnItAndServedOnTheOther(Tier tier) throws Exception {
    String tenant = "tier-" + tier.label();
    String token = server.token(tenant, tier, null);
    try (Api api = new Api(server.vertx, own, HttpVersion.HTTP_1_1);
        GrpcApi grpc = new GrpcApi(server.vertx, own);
        Api shared = server.api(HttpVersion.HTTP_2)) {
      Reply submitted = api.submit(token, batch("t", 1, 5), PROTOBUF);
      assertThat(submitted.status()).isEqualTo(403);
      assertThat(submitted.code()).isEqualTo("forbidden");
      assertThat(submitted.detail())
          .isEqualTo(
              "the token is of tier "
                  + tier.label()
                  + ", this port takes those of tier enterprise alone; use the API's other port");
      assertThat(api.get("/v1/signals", token).status()).isEqualTo(403);
      assertThat(grpc.submit(token, batch("t", 1, 5)).status()).isEqualTo("PERMISSION_DENIED");
      assertThat(server.batches(tenant)).isZero();

      acknowledged(shared, token, batch("t", 1, 5), PROTOBUF);
    }
    assertThat(server.batches(tenant)).isEqualTo(1);
  }

  @Test
  void request_withoutAToken_is401() throws Exception {
    try (Api api = new Api(server.vertx, own, HttpVersion.HTTP_2)) {
      assertThat(api.get("/v1/signals", null).status()).isEqualTo(401);
    }
  }
}
