package io.sub30.bench;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.OpenRates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The fat jar as a process of its own, on free ports, and its operators' door. Blocking. */
final class JarServer implements AutoCloseable {

  private final Process process;
  private final Path data;
  private final URI ops;
  private final HttpClient http = HttpClient.newHttpClient();
  final String readyLine;
  final long readyMillis;
  final URI api;

  private JarServer(Process process, Path data, URI api, URI ops, String ready, long millis) {
    this.process = process;
    this.data = data;
    this.api = api;
    this.ops = ops;
    this.readyLine = ready;
    this.readyMillis = millis;
  }

  /**
   * Starts it and returns when it says that it is ready.
   *
   * @param environment configuration keys as variables; without rates among them no tenant is held
   *     to one
   */
  static JarServer start(Path data, Map<String, String> environment) throws IOException {
    int port = freePort();
    int opsPort = freePort();
    List<String> command = new ArrayList<>(command("run"));
    command.addAll(List.of("--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(OpenRates.environment());
    builder.environment().putAll(environment);
    builder.environment().put("SUB30_HTTP_PORT", Integer.toString(port));
    builder.environment().put("SUB30_OPS_PORT", Integer.toString(opsPort));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    long startNanos = NanoClock.SYSTEM.nanoTime();
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("sub30 ready")) {
        long millis = (NanoClock.SYSTEM.nanoTime() - startNanos) / 1_000_000;
        return new JarServer(process, data, local(port), local(opsPort), line, millis);
      }
    }
    throw new IOException("the server ended before it was ready");
  }

  /** How a command of the fat jar is called, by the Java that runs this. */
  static List<String> command(String name) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-jar",
        System.getProperty("sub30.jar", "target/sub30.jar"),
        name);
  }

  private static URI local(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  String token(String tenant, Tier tier) throws IOException {
    return new TokenMint(SigningKeys.open(data), EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, tier, null, Duration.ofHours(1)));
  }

  /** What the operators' door answers. */
  String get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(ops.resolve(path)).GET().build());
  }

  /** Tells the operators' door something, in JSON. */
  String put(String path, String json) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(ops.resolve(path))
            .header("content-type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(request.uri() + " answers " + response.statusCode() + response.body());
    }
    return response.body();
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
