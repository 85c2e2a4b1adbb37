package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.requests.Batches;
import io.sub30.v1.TickBatch;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a running node answers is what its description says, status by status. */
class OpenApiIT {

  private static final List<HttpMethod> METHODS =
      List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH);

  @TempDir private static Path data;
  private static RunningNode server;
  private static ApiDescription description;
  private static Api api;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data, Map.of("rates.pro.per_second", "1", "rates.pro.burst", "1"));
    description = ApiDescription.read(server.vertx);
    api = server.api(HttpVersion.HTTP_2);
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
    server.close();
  }

  // ---- the document

  @Test
  void document_withoutAToken_isServedAndMayBeKept() throws Exception {
    Reply reply = api.get("/openapi.yaml", null);

    description.check(ApiRoute.OPENAPI, reply);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().get("content-type")).isEqualTo("application/yaml");
    assertThat(reply.headers().get("cache-control")).isEqualTo("public, max-age=3600");
    assertThat(reply.body().getBytes())
        .isEqualTo(Files.readAllBytes(Path.of("src/main/resources/openapi.yaml")));

    String tag = reply.headers().get("etag");
    assertThat(tag).matches("\"[0-9a-f]{24}\"");
    for (String named : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      Reply again = ask("/openapi.yaml", null, Map.of("if-none-match", named));
      assertThat(again.status()).as(named).isEqualTo(304);
      assertThat(again.body().length()).isZero();
      assertThat(again.headers().get("etag")).isEqualTo(tag);
      description.check(ApiRoute.OPENAPI, again);
    }
    for (String named : List.of("", "\"x\"", tag.substring(1), tag.replace("\"", ""))) {
      assertThat(ask("/openapi.yaml", null, Map.of("if-none-match", named)).status())
          .as(named)
          .isEqualTo(200);
    }
  }

  // ---- refusals of every route

  @ParameterizedTest
  @EnumSource
  void everyRoute_anotherMethod_is405WithTheDescribedOne(ApiRoute route) throws Exception {
    for (HttpMethod method : METHODS) {
      if (!method.equals(route.method())) {
        Reply reply =
            api.send(method, path(route), server.token("m"), null, Buffer.buffer(), Map.of());
        assertThat(reply.status()).as(method + " " + route).isEqualTo(405);
        assertThat(reply.headers().get("allow"))
            .isEqualTo(String.join(", ", description.routes().get(route.template())));
        assertDescribed(reply);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OPENAPI")
  void everyGuardedRoute_withoutAGoodToken_is401AsDescribed(ApiRoute route) throws Exception {
    for (@Nullable String token : new @Nullable String[] {null, "x"}) {
      String type = route == ApiRoute.STREAM ? "application/x-ndjson" : JSON;
      Reply reply =
          api.send(route.method(), path(route), token, type, Buffer.buffer("{}"), Map.of());
      assertProblem(route, reply, 401);
      assertThat(reply.headers().get("www-authenticate")).startsWith("Bearer");
    }
  }

  @ParameterizedTest
  // Of a stream the batches are counted, not that it is opened.
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OPENAPI", "STREAM"})
  void everyGuardedRoute_overTheRate_is429AsDescribed(ApiRoute route) throws Exception {
    String token = server.token("rated-" + route.ordinal(), Tier.PRO, null);
    Reply reply = api.get("/v1/signals", token);
    for (int i = 0; i < 3 && reply.status() != 429; i++) {
      reply = api.send(route.method(), path(route), token, JSON, Buffer.buffer("{}"), Map.of());
    }
    assertProblem(route, reply, 429);
    assertThat(reply.headers().contains("retry-after-ms")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGNALS", "QUOTE", "PREDICTION", "BARS"})
  void everyRead_badOrForbiddenParameter_isAsDescribed(ApiRoute route) throws Exception {
    String token = server.token("asks", Tier.FREE, "mine");
    assertProblem(route, api.get(path(route) + "?nonsense=1", token), 400);
    assertProblem(route, api.get(path(route) + "?terminal=other", token), 403);
    for (String parameter : description.parameters(route, "query").keySet()) {
      // An empty value is wrong for each of them, an unknown name is another complaint.
      Reply reply = api.get(path(route) + "?" + parameter + "=", token);
      assertProblem(route, reply, 400);
      assertThat(reply.detail()).contains(parameter).doesNotContain("not known");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUOTE", "PREDICTION", "BARS"})
  void everySymbol_unknown_is404AsDescribed(ApiRoute route) throws Exception {
    assertProblem(
        route, api.get(path(route).replace("EURUSD", "NOSUCH"), server.token("asks")), 404);
  }

  @Test
  void submit_everyRefusal_isAsDescribed() throws Exception {
    String token = server.token("refused", Tier.FREE, "t");
    TickBatch good = batch("t", 1, 5);
    acknowledged(api, token, good, JSON);
    assertProblem(ApiRoute.TICKS, api.post(token, JSON, Buffer.buffer("{")), 400);
    assertProblem(ApiRoute.TICKS, api.submit(token, batch("u", 1, 5), JSON), 403);
    assertProblem(ApiRoute.TICKS, api.submit(token, batch("t", 1, 6), JSON), 409);
    assertProblem(ApiRoute.TICKS, api.submit(token, batch("t", 2, 10_001), PROTOBUF), 413);
    assertProblem(ApiRoute.TICKS, api.post(token, "text/plain", Buffer.buffer("x")), 415);
    TickBatch.Builder bad = batch("t", 2, 1).toBuilder();
    bad.getTicksBuilder(0).setSymbol("NOSUCH");
    assertProblem(ApiRoute.TICKS, api.submit(token, bad.build(), JSON), 422);
    Reply late =
        api.post(
            token,
            JSON,
            Buffer.buffer(Batches.json(batch("t", 3, 5))),
            Map.of("x-request-timeout-ms", "1"));
    assertThat(late.status()).isIn(200, 503, 504);
    description.check(ApiRoute.TICKS, late);
  }

  // ---- good answers of every route

  @Test
  void everyRoute_goodAnswer_isAsDescribed() throws Exception {
    String token = server.token("good");
    Submissions.Walk walk = new Submissions.Walk();
    Reply last = acknowledged(api, token, walk.batch(1, 100), JSON);
    for (int sequence = 2;
        sequence <= 60 && last.json().getJsonArray("predictions").isEmpty();
        sequence++) {
      last = acknowledged(api, token, walk.batch(sequence, 100), JSON);
      description.check(ApiRoute.TICKS, last);
    }
    assertThat(last.json().getJsonArray("predictions")).isNotEmpty();
    server.recordSignal("good", "t", "EURUSD", "s-1", Submissions.T0);
    for (ApiRoute route :
        List.of(ApiRoute.SIGNALS, ApiRoute.QUOTE, ApiRoute.PREDICTION, ApiRoute.BARS)) {
      Reply reply = api.get(path(route), token);
      assertThat(reply.status()).as(route + " " + reply.body()).isEqualTo(200);
      description.check(route, reply);
      assertThat(ask(path(route), token, Map.of("accept", PROTOBUF)).headers().get("content-type"))
          .isEqualTo(PROTOBUF);
    }
  }

  private static String path(ApiRoute route) {
    return route.template().replace("{symbol}", "EURUSD");
  }

  private static Reply ask(String path, @Nullable String token, Map<String, String> headers)
      throws Exception {
    return api.send(HttpMethod.GET, path, token, null, Buffer.buffer(), headers);
  }

  private static void assertProblem(ApiRoute route, Reply reply, int status) throws Exception {
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
    assertThat(description.problems(route)).containsEntry(reply.code(), status);
    description.check(route, reply);
  }

  /** Of no operation, but among the problems all the same. */
  private static void assertDescribed(Reply reply) {
    assertThat(description.problems()).containsEntry(reply.code(), reply.status());
  }
}
