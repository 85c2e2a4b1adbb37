package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.api.ApiRoute;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code openapi.yaml}, held against the schema of OpenAPI 3.1 itself when it is read. Answers are
 * held against the schemas in it. (The router of that library would not do: it knows no protobuf.)
 */
final class ApiDescription {

  private static final String BASE = "https://sub30.example/";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final JsonObject document;

  private ApiDescription(JsonObject document) {
    this.document = document;
  }

  static ApiDescription read(Vertx vertx) throws Exception {
    JsonObject document = load();
    OutputUnit verdict = check(vertx, document);
    assertThat(verdict.getValid()).as(String.valueOf(verdict.getErrors())).isTrue();
    return new ApiDescription(document);
  }

  /** What the schema of OpenAPI 3.1 says of a document. */
  static OutputUnit check(Vertx vertx, JsonObject document) throws Exception {
    assertThat(OpenAPIVersion.fromContract(document)).isEqualTo(OpenAPIVersion.V3_1);
    return RunningNode.await(
        OpenAPIVersion.V3_1
            .getRepository(vertx, BASE)
            .compose(
                schemas -> OpenAPIVersion.V3_1.validateContract(vertx, schemas, document.copy())));
  }

  /** A fresh copy of the document in the jar. */
  static JsonObject load() throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    try (InputStream in = ApiDescription.class.getResourceAsStream("/openapi.yaml")) {
      Map<String, Object> map = new Yaml(new SafeConstructor(strict)).load(in);
      return new JsonObject(new JsonObject(map).encode());
    }
  }

  JsonObject document() {
    return document;
  }

  /** The methods of each path. */
  Map<String, Set<String>> routes() {
    Map<String, Set<String>> routes = new TreeMap<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      Set<String> methods = new TreeSet<>();
      for (String key : paths.getJsonObject(path).fieldNames()) {
        assertThat(METHODS).contains(key);
        methods.add(key.toUpperCase(Locale.ROOT));
      }
      routes.put(path, methods);
    }
    return routes;
  }

  JsonObject operation(ApiRoute route) {
    return document
        .getJsonObject("paths")
        .getJsonObject(route.template())
        .getJsonObject(route.method().name().toLowerCase(Locale.ROOT));
  }

  /** An operation's parameters in that place, by their names in lower case. */
  Map<String, JsonObject> parameters(ApiRoute route, String place) {
    Map<String, JsonObject> parameters = new TreeMap<>();
    for (Object item : operation(route).getJsonArray("parameters", new JsonArray())) {
      JsonObject parameter = resolved((JsonObject) item);
      if (parameter.getString("in").equals(place)) {
        parameters.put(parameter.getString("name").toLowerCase(Locale.ROOT), parameter);
      }
    }
    return parameters;
  }

  /** The problem codes of an operation, with their statuses. */
  Map<String, Integer> problems(ApiRoute route) {
    Map<String, Integer> codes = new HashMap<>();
    JsonObject described = operation(route).getJsonObject("responses");
    for (String status : described.fieldNames()) {
      JsonObject response = resolved(described.getJsonObject(status));
      for (Object code : response.getJsonArray("x-problem-codes", new JsonArray())) {
        codes.put((String) code, Integer.valueOf(status));
      }
    }
    return codes;
  }

  /** The problem codes of all responses, whatever operation has them. */
  Map<String, Integer> problems() {
    Map<String, Integer> codes = new HashMap<>();
    JsonObject all = document.getJsonObject("components").getJsonObject("responses");
    for (String name : all.fieldNames()) {
      JsonObject response = all.getJsonObject(name);
      for (Object code : response.getJsonArray("x-problem-codes", new JsonArray())) {
        codes.put((String) code, response.getInteger("x-status"));
      }
    }
    return codes;
  }

  /** Follows a reference within the document, if that is one. */
  private JsonObject resolved(JsonObject object) {
    String ref = object.getString("$ref");
    if (ref == null) {
      return object;
    }
    assertThat(ref).startsWith("#/");
    JsonObject found = document;
    for (String step : List.of(ref.substring(2).split("/", -1))) {
      found = found.getJsonObject(step);
      assertThat(found).as(ref).isNotNull();
    }
    return found;
  }

  /**
   * Fails unless the status, the headers that must be there, the type and the body are described.
   */
  void check(ApiRoute route, Api.Reply reply) {
    String of = route + " " + reply.status();
    JsonObject named =
        operation(route).getJsonObject("responses").getJsonObject(String.valueOf(reply.status()));
    assertThat(named).as(of).isNotNull();
    JsonObject response = resolved(named);
    JsonObject content = response.getJsonObject("content");
    if (content == null) {
      assertThat(reply.body().length()).as(of).isZero();
      return;
    }
    String type = reply.headers().get("content-type");
    assertThat(content.fieldNames()).as(of).contains(type);
    if (type.endsWith("json")) {
      JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
      assertThat(errors(schema, reply.json())).as(of + " " + reply.body()).isEmpty();
    }
  }

  /** What that schema, which may refer to the document's, finds wrong. */
  List<String> errors(JsonObject schema, JsonObject instance) {
    JsonObject whole = schema.copy().put("components", document.getJsonObject("components").copy());
    OutputUnit verdict =
        Validator.create(
                JsonSchema.of(whole),
                new JsonSchemaOptions()
                    .setBaseUri(BASE)
                    .setDraft(Draft.DRAFT202012)
                    .setOutputFormat(OutputFormat.Basic))
            .validate(instance);
    if (verdict.getValid()) {
      return List.of();
    }
    return verdict.getErrors().stream()
        .map(error -> error.getInstanceLocation() + " " + error.getError())
        .toList();
  }
}
