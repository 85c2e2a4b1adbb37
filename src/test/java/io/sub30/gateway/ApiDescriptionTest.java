package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.sub30.budget.Outcome;
import io.sub30.budget.Tier;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.ingress.TraceContext;
import io.sub30.gateway.requests.BatchLimits;
import io.sub30.gateway.requests.RequestTimeout;
import io.sub30.gateway.requests.SignalsQuery;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.market.Timeframe;
import io.sub30.v1.ListBarsResponse;
import io.sub30.v1.Quote;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The description of the API says what the code says, name by name. */
class ApiDescriptionTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static ApiDescription description;

  @BeforeAll
  static void read() throws Exception {
    description = ApiDescription.read(VERTX);
  }

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @Test
  void routes_areThoseThatAreServed() {
    Map<String, Set<String>> served = new TreeMap<>();
    for (ApiRoute route : ApiRoute.values()) {
      served.computeIfAbsent(route.template(), path -> new TreeSet<>()).add(route.method().name());
    }
    assertThat(description.routes()).isEqualTo(served);
  }

  @Test
  void queryParameters_areThoseThatAreRead() {
    Map<ApiRoute, List<String>> read =
        Map.of(
            ApiRoute.TICKS, List.of(),
            ApiRoute.STREAM, List.of(),
            ApiRoute.SIGNALS, SignalsQuery.PARAMETERS,
            ApiRoute.QUOTE, SymbolQueries.LATEST,
            ApiRoute.PREDICTION, SymbolQueries.LATEST,
            ApiRoute.BARS, SymbolQueries.BARS,
            ApiRoute.OPENAPI, List.of());
    assertThat(read).containsOnlyKeys(ApiRoute.values());
    read.forEach(
        (route, names) ->
            assertThat(description.parameters(route, "query").keySet())
                .as(route.name())
                .containsExactlyInAnyOrderElementsOf(names));
  }

  @ParameterizedTest
  @EnumSource
  void pathAndHeaderParameters_areThoseThatAreRead(ApiRoute route) {
    boolean ofSymbol = route.template().contains("{symbol}");
    assertThat(description.parameters(route, "path").keySet())
        .isEqualTo(ofSymbol ? Set.of("symbol") : Set.of());
    Set<String> headers = new TreeSet<>(Set.of(TraceContext.HEADER));
    if (route == ApiRoute.TICKS) {
      headers.add(RequestTimeout.HEADER);
      headers.add("content-encoding");
    }
    if (route == ApiRoute.STREAM) {
      headers.add(RequestTimeout.HEADER);
    }
    if (route == ApiRoute.OPENAPI) {
      headers.add("if-none-match");
    }
    if (ofSymbol) {
      headers.addAll(Set.of("if-none-match", "cache-control"));
    }
    assertThat(description.parameters(route, "header").keySet()).isEqualTo(headers);
  }

  @Test
  void problemCodes_areAllThereWithTheirStatuses() {
    Map<String, Integer> codes =
        Arrays.stream(ProblemCode.values())
            .collect(Collectors.toMap(ProblemCode::code, ProblemCode::status));

    assertThat(description.problems()).isEqualTo(codes);
    JsonObject code = schema("Problem").getJsonObject("properties").getJsonObject("code");
    assertThat(new TreeSet<Object>(code.getJsonArray("enum").getList()))
        .isEqualTo(new TreeSet<Object>(codes.keySet()));
    for (ApiRoute route : ApiRoute.values()) {
      assertThat(codes.entrySet()).containsAll(description.problems(route).entrySet());
    }
  }

  /** Who may be refused for a token may be refused for its rate, and may meet a fault. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OPENAPI")
  void problemsOfEveryDoor_areOnEveryGuardedRoute(ApiRoute route) {
    assertThat(description.problems(route))
        .containsKeys(
            "malformed",
            "token_missing",
            "token_invalid",
            "token_expired",
            "forbidden",
            "rate_limited",
            "internal",
            "unavailable",
            "out_of_time");
  }

  @Test
  void schemas_haveTheFieldsOfTheMessages() {
    Map<String, Descriptor> messages = new HashMap<>();
    messages.put("Tick", Tick.getDescriptor());
    messages.put("Quote", Quote.getDescriptor());
    messages.put("RecordedPrediction", RecordedPrediction.getDescriptor());
    messages.put("BarPage", ListBarsResponse.getDescriptor());
    for (String nested : List.of("Prediction", "Signal", "Budget")) {
      messages.put(nested, TickResult.getDescriptor().getFile().findMessageTypeByName(nested));
    }
    messages.forEach(
        (name, message) ->
            assertThat(properties(name)).as(name).isEqualTo(fields(message, Set.of())));
    // A refusal is a stream's alone.
    assertThat(properties("TickResult"))
        .isEqualTo(fields(TickResult.getDescriptor(), Set.of("refusal")));
    // A block is protobuf's alone.
    assertThat(properties("TickBatch"))
        .isEqualTo(fields(TickBatch.getDescriptor(), Set.of("block")));
  }

  @Test
  void timeframes_areThoseThereAre() {
    List<Object> named = new ArrayList<>();
    for (Timeframe timeframe : Timeframe.values()) {
      named.add(timeframe.name());
    }
    assertThat(parameter(ApiRoute.BARS, "timeframe").getJsonArray("enum").getList())
        .isEqualTo(named);
  }

  @Test
  void outcomesAndTiers_areThoseThereAre() {
    JsonObject hop =
        schema("Budget").getJsonObject("properties").getJsonObject("hops").getJsonObject("items");
    assertThat(enumOf(hop, "outcome"))
        .isEqualTo(Arrays.stream(Outcome.values()).map(Outcome::label).toList());
    assertThat(enumOf(schema("TickResult"), "tier"))
        .isEqualTo(Arrays.stream(Tier.values()).map(Tier::label).toList());
  }

  @Test
  void limits_areThoseThatAreKept() {
    JsonObject signals = parameter(ApiRoute.SIGNALS, "limit");
    assertThat(signals.getInteger("maximum")).isEqualTo(SignalsQuery.MAX_LIMIT);
    assertThat(signals.getInteger("default")).isEqualTo(SignalsQuery.DEFAULT_LIMIT);
    JsonObject ticks = schema("TickBatch").getJsonObject("properties").getJsonObject("ticks");
    assertThat(ticks.getInteger("maxItems")).isEqualTo(BatchLimits.MAX_TICKS);
  }

  @Test
  void schemas_refuseWhatTheyDoNotDescribe() {
    JsonObject problem = new JsonObject().put("$ref", "#/components/schemas/Problem");
    JsonObject good =
        new JsonObject(
            Buffer.buffer(
                Problem.of(ProblemCode.FORBIDDEN, "no", "r1").withRetryAfterMillis(5).bytes()));
    assertThat(description.errors(problem, good)).isEmpty();
    assertThat(description.errors(problem, good.copy().put("code", "nonsense"))).isNotEmpty();
    assertThat(description.errors(problem, good.copy().put("more", 1))).isNotEmpty();
    good.remove("detail");
    assertThat(description.errors(problem, good)).isNotEmpty();
  }

  @Test
  void document_thatIsNoOpenApi_isRefused() throws Exception {
    JsonObject wrong = ApiDescription.load();
    wrong
        .getJsonObject("paths")
        .getJsonObject("/v1/ticks")
        .getJsonObject("post")
        .remove("responses");
    wrong.getJsonObject("info").remove("title");
    assertThat(ApiDescription.check(VERTX, wrong).getValid()).isFalse();
  }

  private static JsonObject parameter(ApiRoute route, String name) {
    JsonObject parameter = description.parameters(route, "query").get(name);
    if (parameter == null) {
      throw new AssertionError(route + " has no parameter " + name);
    }
    return parameter.getJsonObject("schema");
  }

  private static List<?> enumOf(JsonObject schema, String property) {
    return schema
        .getJsonObject("properties")
        .getJsonObject(property)
        .getJsonArray("enum")
        .getList();
  }

  private static JsonObject schema(String name) {
    return description
        .document()
        .getJsonObject("components")
        .getJsonObject("schemas")
        .getJsonObject(name);
  }

  private static Set<String> properties(String schema) {
    return new TreeSet<>(schema(schema).getJsonObject("properties").fieldNames());
  }

  private static Set<String> fields(Descriptor message, Set<String> without) {
    Set<String> names = new TreeSet<>();
    for (FieldDescriptor field : message.getFields()) {
      if (!without.contains(field.getName())) {
        names.add(field.getName());
      }
    }
    return names;
  }
}
