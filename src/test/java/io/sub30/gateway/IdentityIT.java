package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.gateway.ApiCall.Asked;
import io.sub30.gateway.ApiCall.Door;
import io.sub30.gateway.ApiCall.Outcome;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.gateway.identity.Tokens;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.sub30.v1.Ticks;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what: every route and gRPC method against every token that is not good for it. */
class IdentityIT {

  @TempDir private static Path data;
  @TempDir private static Path otherKeys;
  private static SigningKeys stranger;
  private static RunningNode server;
  private static Door door;

  @BeforeAll
  static void start() throws Exception {
    server =
        RunningNode.start(
            data, Map.of("ops.host", "0.0.0.0", "faults.enabled", "true", "auth.refresh", "1s"));
    door = Door.of(server);
    stranger = SigningKeys.open(otherKeys);
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

  // ---- operations, which this node shows beyond its machine

  private static Api.Reply operate(HttpMethod method, String path, @Nullable String token)
      throws Exception {
    Buffer body = Buffer.buffer(method == HttpMethod.PUT ? "{}" : "");
    // A refusal that leaves a body unread ends its connection.
    try (Api ops = new Api(server.vertx, server.node.ops(), HttpVersion.HTTP_1_1)) {
      return ops.send(method, path, token, null, body, Map.of());
    }
  }

  /** Every path there is, as the server itself tells who may know. */
  private static List<String> operations() throws Exception {
    Api.Reply unknown = operate(HttpMethod.GET, "/nothing", server.operator());
    assertThat(unknown.status()).isEqualTo(404);
    List<String> paths = List.of(unknown.detail().substring("there is ".length()).split(", "));
    assertThat(paths).contains("/", "/metrics", "/budget", "/hub", "/mode", "/faults");
    return paths;
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "POST", "DELETE"})
  void operate_withoutTheScopeAdmin_isRefusedOnEveryPathButHealth(String named) throws Exception {
    HttpMethod method = HttpMethod.valueOf(named);
    String client = server.token("acme");
    String every = scoped("acme", EnumSet.of(Scope.TICKS_WRITE, Scope.READ));
    List<String> paths = new ArrayList<>(operations());
    paths.addAll(List.of("/nothing", "/healthy", "/Health/live"));
    for (String path : paths) {
      boolean open = path.startsWith("/health/");
      for (String token : badTokens().values()) {
        Api.Reply reply = operate(method, path, token);
        if (open) {
          // What it says is another test's; a busy machine may be unready.
          assertThat(reply.status()).as(method + " " + path).isIn(200, 405, 413, 503);
        } else {
          assertThat(reply.status()).as(method + " " + path).isEqualTo(401);
          assertThat(reply.headers().get("www-authenticate")).startsWith("Bearer");
          assertThat(reply.code()).isIn("token_missing", "token_invalid");
        }
      }
      if (!open) {
        for (String token : List.of(client, every)) {
          Api.Reply reply = operate(method, path, token);
          assertThat(reply.status()).as(method + " " + path).isEqualTo(403);
          assertThat(reply.code()).isEqualTo("forbidden");
          assertThat(reply.detail()).contains("no scope admin");
        }
      }
    }
  }

  @Test
  void operate_withTheScopeAdmin_isAnsweredOnEveryPath() throws Exception {
    for (String path : operations()) {
      assertThat(operate(HttpMethod.GET, path, server.operator()).status()).as(path).isEqualTo(200);
    }
    for (String path : List.of("/mode", "/faults")) {
      assertThat(operate(HttpMethod.PUT, path, server.operator()).status()).as(path).isIn(200, 400);
    }
  }

  @Test
  void start_opsBeyondThisMachineAndNoTokenThatCouldCount_isRefused() {
    assertThatThrownBy(
            () ->
                RunningNode.start(
                        data.resolve("refused"),
                        Map.of("ops.host", "0.0.0.0", "auth.issuer", "https://id.example"))
                    .close())
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("ops.host is 0.0.0.0")
        .hasMessageContaining("auth.issuer https://id.example")
        .hasMessageContaining("set auth.jwks, or ops.host to 127.0.0.1");
  }

  // ---- tokens that are not believed

  /** By what is wrong with them. */
  private static Map<String, @Nullable String> badTokens() throws Exception {
    String good = server.token("acme");
    String[] parts = good.split("\\.", -1);
    String raised =
        Tokens.encode(
            new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("acme", "other"));
    long now = EpochClock.SYSTEM.epochMillis() / 1_000;
    Map<String, @Nullable String> bad = new LinkedHashMap<>();
    bad.put("none", null);
    bad.put("empty", "");
    bad.put("rubbish", "x");
    bad.put("altered claims", parts[0] + "." + raised + "." + parts[2]);
    bad.put("without signature", parts[0] + "." + parts[1] + ".");
    bad.put("alg none", Tokens.encode("{\"alg\":\"none\"}") + "." + parts[1] + ".");
    bad.put("another key", Tokens.sign(stranger, Tokens.json(claims("acme", now + 600))));
    bad.put("expired", Tokens.sign(server.keys, Tokens.json(claims("acme", now - 1))));
    return bad;
  }

  @ParameterizedTest
  @EnumSource
  void send_withATokenThatIsNotBelieved_is401(ApiCall call) throws Exception {
    for (Map.Entry<String, @Nullable String> bad : badTokens().entrySet()) {
      Outcome outcome = call.send(door, bad.getValue(), Asked.NOTHING);
      assertThat(outcome.status()).as(bad.getKey()).isEqualTo(401);
      assertThat(outcome.code())
          .as(bad.getKey())
          .isEqualTo(
              switch (bad.getKey()) {
                case "none" -> "token_missing";
                case "expired" -> "token_expired";
                default -> "token_invalid";
              });
    }
    assertThat(server.batches("acme")).isZero();
  }

  // ---- another tenant's

  private static final String OWNER = "owner";
  private static final String TERMINAL = "owner-desk";

  /** A terminal with quotes, bars, a prediction, and two signals, so that there is a cursor. */
  private static String cursorOfTheOwner() throws Exception {
    String token = server.token(OWNER);
    if (server.batches(OWNER) == 0) {
      Submissions.Walk walk = new Submissions.Walk();
      TickResult last = TickResult.getDefaultInstance();
      for (int sequence = 1; sequence <= 60 && last.getPredictionsCount() == 0; sequence++) {
        TickBatch batch = walk.batch(sequence, 100).toBuilder().setTerminal(TERMINAL).build();
        last = Submissions.acknowledged(door.api(), token, batch, Api.PROTOBUF).result();
      }
      assertThat(last.getPredictionsList()).isNotEmpty();
      for (int i = 0; i < 2; i++) {
        server.recordSignal(OWNER, TERMINAL, "EURUSD", "owners-" + i, Submissions.T0 + i);
      }
    }
    return door.api().get("/v1/signals?limit=1", token).json().getString("next");
  }

  static List<Arguments> everyCallForEverythingOfTheOwner() {
    List<Arguments> all = new ArrayList<>();
    for (ApiCall call : ApiCall.values()) {
      for (boolean terminal : new boolean[] {false, true}) {
        for (boolean cursor : new boolean[] {false, true}) {
          all.add(Arguments.of(call, terminal, cursor));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("everyCallForEverythingOfTheOwner")
  void send_forAnotherTenants_givesNothingOfIt(ApiCall call, boolean terminal, boolean cursor)
      throws Exception {
    String next = cursorOfTheOwner();
    assertThat(next).isNotEmpty();
    long owned = server.batches(OWNER);
    String page = call == ApiCall.BARS ? Long.toString(Submissions.T0) : next;
    Asked asked = new Asked(terminal ? TERMINAL : null, cursor ? page : null, 1);

    if (call.needed == Scope.READ) {
      Outcome owners = call.answered(door, server.token(OWNER), asked);
      assertThat(owners.status()).as(owners.toString()).isEqualTo(200);
      assertThat(owners.found()).as("the owner is shown its own").isPositive();
    }
    String tenant = "foreign-" + call.ordinal() + terminal + cursor;
    Outcome foreign = call.answered(door, server.token(tenant), asked);
    // The same name of a terminal is another terminal of another tenant: no conflict, no duplicate.
    assertThat(foreign.status())
        .as(foreign.toString())
        .isIn(call.needed == Scope.READ ? List.of(200, 404) : List.of(200));
    if (call.needed == Scope.READ) {
      assertThat(foreign.found()).as(foreign.toString()).isZero();
      assertThat(foreign.text()).doesNotContain("owners-");
    }
    assertThat(server.batches(tenant)).isEqualTo(call.needed == Scope.READ ? 0 : 1);
    assertThat(server.batches(OWNER)).isEqualTo(owned);
  }

  @ParameterizedTest
  @EnumSource
  void send_forAnotherTerminalThanTheTokens_is403(ApiCall call) throws Exception {
    cursorOfTheOwner();
    String bound = server.token(OWNER, Tier.FREE, "another-desk");
    Outcome outcome = call.answered(door, bound, new Asked(TERMINAL, null, 1));

    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(403);
    assertThat(outcome.code()).isEqualTo("forbidden");
    assertThat(outcome.text()).doesNotContain("owners-");
  }

  // ---- keys

  @Test
  void rotate_whileServing_believesTheNewKeyAndTheOldOneAsLongAsItIsKept() throws Exception {
    String old = server.token("rotated");
    String middle = minted(SigningKeys.rotate(data, Duration.ofDays(1), EpochClock.SYSTEM));
    awaitStatus(middle, 200);
    assertThat(door.api().get("/v1/signals", old).status()).isEqualTo(200);

    String last = minted(SigningKeys.rotate(data, Duration.ZERO, EpochClock.SYSTEM));
    awaitStatus(last, 200);
    assertThat(door.api().get("/v1/signals", middle).status()).isEqualTo(401);
    assertThat(door.api().get("/v1/signals", old).status()).isEqualTo(200);
  }

  private static String minted(SigningKeys keys) {
    return new TokenMint(keys, EpochClock.SYSTEM)
        .mint(new TokenRequest("rotated", Tier.FREE, null, Duration.ofHours(1)));
  }

  private static void awaitStatus(String token, int status) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(door.api().get("/v1/signals", token).status()).isEqualTo(status));
  }

  // ---- scopes

  private static String scoped(String tenant, Set<Scope> scopes) {
    return new TokenMint(server.keys, EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, Tier.FREE, null, Duration.ofHours(1), scopes, null));
  }

  private static Map<String, String> claims(String tenant, long expiresSeconds) {
    Map<String, String> claims = Tokens.claims();
    claims.put("tenant", "\"" + tenant + "\"");
    claims.put("tier", "\"free\"");
    claims.put("iat", Long.toString(expiresSeconds - 700));
    claims.put("nbf", Long.toString(expiresSeconds - 700));
    claims.put("exp", Long.toString(expiresSeconds));
    return claims;
  }

  /** A token as an issuer might write it. */
  private static String claiming(String tenant, @Nullable String scope) throws Exception {
    Map<String, String> claims = claims(tenant, EpochClock.SYSTEM.epochMillis() / 1_000 + 600);
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
