package io.sub30.gateway;

import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.requests.Batches;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that others wrote: curl, h2load and gRPC for Node.js. They have to be installed; where
 * one is missing its tests fail. The profile {@code clients} runs them.
 */
class ForeignClientsIT {

  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final Pattern CODES =
      Pattern.compile("status codes: (\\d+) 2xx, 0 3xx, 0 4xx, (\\d+) 5xx");

  @TempDir private static Path data;
  @TempDir private static Path files;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String url(String path) {
    return "http://" + authority() + path;
  }

  private static String authority() {
    return server.node.api().host() + ":" + server.node.api().port();
  }

  private static Path file(String name, byte[] content) throws IOException {
    return Files.write(files.resolve(name), content);
  }

  /** Runs that program until it ends well; what it printed, warnings apart. */
  private static String run(Map<String, String> environment, List<String> command)
      throws Exception {
    Path out = files.resolve("out");
    Path warnings = files.resolve("warnings");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(warnings.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("%s ended", command.get(0)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as("%s%n%s", said, Files.readString(warnings)).isZero();
    return said;
  }

  // ---- curl

  /** The answer's head and body; its last line is the version and status. */
  private static String curl(String version, String path, String token, String... more)
      throws Exception {
    Path header = file("header", ("Authorization: Bearer " + token).getBytes("US-ASCII"));
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-i", "--max-time", "20"));
    command.addAll(List.of("--retry", "8", "--retry-delay", "1"));
    command.addAll(List.of(version, "-H", "@" + header, "-w", "\n%{http_version} %{http_code}"));
    Collections.addAll(command, more);
    command.add(url(path));
    return run(Map.of(), command);
  }

  private static void curlSubmits(String version, String spoken, long sequence) throws Exception {
    String json = Batches.json(batch("curl", sequence, 5));
    Path body = file("batch.json", json.getBytes(StandardCharsets.UTF_8));
    Path packed = file("batch.gz", AbusedNode.gzip(Files.readAllBytes(body)));
    String token = server.token("curl");
    String type = "Content-Type: application/json";
    String stored = curl(version, "/v1/ticks", token, "-H", type, "--data-binary", "@" + body);
    assertThat(stored).endsWith("\n" + spoken + " 200").contains("\"durable\":true");
    String again =
        curl(
            version,
            "/v1/ticks",
            token,
            "-H",
            type,
            "-H",
            "Content-Encoding: gzip",
            "--data-binary",
            "@" + packed);
    assertThat(again).endsWith("\n" + spoken + " 200").contains("\"duplicate\":true");
    assertThat(curl(version, "/v1/signals", token)).endsWith("\n" + spoken + " 200");
    assertThat(curl(version, "/v1/signals", "none")).endsWith("\n" + spoken + " 401");
  }

  @Test
  void curl_overHttp2WithPriorKnowledge() throws Exception {
    curlSubmits("--http2-prior-knowledge", "2", 1);
  }

  @Test
  void curl_overHttp1() throws Exception {
    curlSubmits("--http1.1", "1.1", 2);
  }

  @Test
  void curl_upgradesToHttp2() throws Exception {
    assertThat(curl("--http2", "/v1/signals", server.token("curl"))).endsWith("\n2 200");
  }

  // ---- h2load

  /**
   * Every request is answered, and nearly all with success: what a busy machine has no time for is
   * refused with 503 or 504, and h2load does not ask again.
   */
  private static void load(String name, int requests, List<String> what) throws Exception {
    List<String> command = new ArrayList<>(List.of("h2load", "-n", Integer.toString(requests)));
    command.addAll(what);
    String said = run(Map.of(), command);
    Files.createDirectories(EVIDENCE);
    Files.writeString(EVIDENCE.resolve(name + ".txt"), said);
    assertThat(said).contains(requests + " done,", " 0 errored, 0 timeout");
    Matcher codes = CODES.matcher(said);
    assertThat(codes.find()).as(said).isTrue();
    int succeeded = Integer.parseInt(codes.group(1));
    int refused = Integer.parseInt(codes.group(2));
    assertThat(succeeded + refused).as(said).isEqualTo(requests);
    assertThat(refused).as(said).isLessThanOrEqualTo(requests / 20);
  }

  @Test
  void h2load_readsOnManyStreams() throws Exception {
    String token = "authorization: Bearer " + server.token("h2load");
    load(
        "h2load-signals",
        5_000,
        List.of("-c", "4", "-m", "8", "-H", token, url("/v1/signals?limit=1")));
  }

  /** One batch again and again: stored once, and told so every time. */
  @Test
  void h2load_submitsOnManyStreams() throws Exception {
    String token = "authorization: Bearer " + server.token("h2load");
    Path body = file("batch.bin", batch("h2load", 1, 20).toByteArray());
    load(
        "h2load-ticks",
        5_000,
        List.of(
            "-c",
            "4",
            "-m",
            "32",
            "-H",
            token,
            "-H",
            "content-type: " + Api.PROTOBUF,
            "-d",
            body.toString(),
            url("/v1/ticks")));
    assertThat(server.batches("h2load")).isEqualTo(1);
  }

  // ---- Node.js

  @Test
  void grpcForNode_submitsAndReads() throws Exception {
    String said =
        run(
            Map.of(
                "SUB30_TOKEN",
                server.token("node"),
                "NODE_PATH",
                Path.of("target/clients/node_modules").toAbsolutePath().toString()),
            List.of("node", "src/test/resources/clients/grpc.cjs", authority(), "src/main/proto"));
    JsonObject found = new JsonObject(said);
    for (String way : List.of("submitted", "zipped")) {
      JsonArray answers = found.getJsonArray(way);
      assertThat(answers).hasSize(20);
      for (int i = 0; i < 20; i++) {
        JsonObject answer = answers.getJsonObject(i);
        assertThat(answer.getInteger("code")).as(answer.encode()).isZero();
        assertThat(answer.getJsonObject("reply").getInteger("accepted")).isEqualTo(5);
        assertThat(answer.getJsonObject("reply").getBoolean("durable")).isTrue();
      }
    }
    assertThat(server.batches("node")).isEqualTo(40);
    assertThat(found.getJsonObject("again").getJsonObject("reply").getBoolean("duplicate"))
        .isTrue();
    assertThat(found.getJsonObject("signals").getInteger("code")).isZero();
    assertThat(found.getJsonObject("stranger").getInteger("code")).isEqualTo(16);
    assertThat(found.getJsonObject("nothing").getInteger("code")).isEqualTo(5);
    assertThat(found.getJsonObject("health").getJsonArray("reply")).isEqualTo(JsonArray.of(8, 1));
  }
}
