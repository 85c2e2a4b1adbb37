package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.ApiCall.Asked;
import io.sub30.gateway.ApiCall.Door;
import io.sub30.gateway.ApiCall.Outcome;
import io.sub30.v1.Ticks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what: every route and gRPC method against every token that is not good for it. */
class IdentityIT {

  @TempDir private static Path data;
  private static RunningNode server;
  private static Door door;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data);
    door = Door.of(server);
  }

  @AfterAll
  static void stop() throws Exception {
    door.close();
    server.close();
  }

  @Test
  void apiCall_everyGrpcMethod_isOneOfThem() {
    Set<String> calls =
        Arrays.stream(ApiCall.values()).map(ApiCall::name).collect(Collectors.toSet());
    Ticks.getDescriptor()
        .findServiceByName("TradingGateway")
        .getMethods()
        .forEach(
            method ->
                assertThat(calls)
                    .contains(
                        "GRPC"
                            + method
                                .getName()
                                .replaceAll("([A-Z])", "_$1")
                                .toUpperCase(Locale.ROOT)));
  }

  // ---- scopes

  private static String scoped(String tenant, Set<Scope> scopes) {
    return new TokenMint(server.keys, EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, Tier.FREE, null, Duration.ofHours(1), scopes, null));
  }

  /** A token as an issuer might write it. */
  private static String claiming(String tenant, @Nullable String scope) throws Exception {
    long now = EpochClock.SYSTEM.epochMillis() / 1_000;
    Map<String, String> claims = Tokens.claims();
    claims.put("tenant", "\"" + tenant + "\"");
    claims.put("tier", "\"free\"");
    claims.put("iat", Long.toString(now));
    claims.put("nbf", Long.toString(now));
    claims.put("exp", Long.toString(now + 600));
    if (scope != null) {
      claims.put("scope", "\"" + scope + "\"");
    }
    return Tokens.sign(server.keys, Tokens.json(claims));
  }

  @ParameterizedTest
  @EnumSource
  void send_withoutItsScope_is403AndNothingHappens(ApiCall call) throws Exception {
    String tenant = "noscope-" + call.ordinal();
    Set<Scope> others = EnumSet.complementOf(EnumSet.of(call.needed));
    for (String token :
        new String[] {
          scoped(tenant, others), claiming(tenant, ""), claiming(tenant, "openid tick:write")
        }) {
      Outcome outcome = call.answered(door, token, Asked.NOTHING);
      assertThat(outcome.status()).as(outcome.toString()).isEqualTo(403);
      assertThat(outcome.code()).isEqualTo("forbidden");
      assertThat(outcome.detail()).contains("no scope " + call.needed.label());
    }
    assertThat(server.rows(tenant)).containsEntry("tick_batches", 0L).containsEntry("cells", 0L);
  }

  @ParameterizedTest
  @EnumSource
  void send_withItsScopeAlone_mayGoOn(ApiCall call) throws Exception {
    String tenant = "scope-" + call.ordinal();
    for (String token :
        new String[] {
          scoped(tenant, Set.of(call.needed)),
          claiming(tenant, null),
          claiming(tenant, "openid api"),
          claiming(tenant, "openid " + call.needed.label())
        }) {
      // Nothing is stored for the tenant, so a read finds nothing: but it was let in.
      assertThat(call.answered(door, token, Asked.NOTHING).status()).isIn(200, 404);
    }
    assertThat(server.batches(tenant)).isEqualTo(call.needed == Scope.TICKS_WRITE ? 1 : 0);
  }
}
