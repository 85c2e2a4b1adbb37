package io.sub30.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Plain Vert.x as a process of its own: answers every request with the same bytes and does nothing
 * else, on as many event loops and with the same options of HTTP as the API. Blocking.
 */
public final class EchoServer implements AutoCloseable {

  private static final String READY = "ready";

  private final Process process;
  final URI api;

  private EchoServer(Process process, URI api) {
    this.process = process;
    this.api = api;
  }

  static EchoServer start(int loops, String body) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EchoServer.class.getName(),
                Integer.toString(port),
                Integer.toString(loops),
                body)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    if (!READY.equals(out.readLine())) {
      process.destroyForcibly();
      throw new IOException("the echo server did not start");
    }
    return new EchoServer(process, URI.create("http://127.0.0.1:" + port));
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** One listener of several on the same port. */
  private static final class Echo extends VerticleBase {
    private final int port;
    private final Buffer body;

    Echo(int port, Buffer body) {
      this.port = port;
      this.body = body;
    }

    @Override
    public Future<?> start() {
      return vertx
          .createHttpServer(
              new HttpServerOptions()
                  .setHost("127.0.0.1")
                  .setPort(port)
                  .setIdleTimeout(60)
                  .setTcpNoDelay(true)
                  .setMaxHeaderSize(16 << 10)
                  .setHttp2ConnectionWindowSize(8 << 20)
                  .setInitialSettings(
                      new Http2Settings()
                          .setMaxConcurrentStreams(100)
                          .setMaxHeaderListSize(16 << 10)
                          .setInitialWindowSize(1 << 20)))
          .requestHandler(
              request -> request.response().putHeader("content-type", "application/json").end(body))
          .listen();
    }
  }

  /**
   * Serves until it is killed.
   *
   * @param args port, event loops, body
   */
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    int loops = Integer.parseInt(args[1]);
    Buffer body = Buffer.buffer(args[2]);
    Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true))
        .deployVerticle(() -> new Echo(port, body), new DeploymentOptions().setInstances(loops))
        .onComplete(
            deployed -> System.out.println(READY),
            failure -> {
              System.out.println(failure.getMessage());
              System.exit(1);
            });
  }
}
