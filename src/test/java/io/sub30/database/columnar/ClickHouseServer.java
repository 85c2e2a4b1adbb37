package io.sub30.database.columnar;

import io.sub30.node.TestServers;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real {@code clickhouse-server} of this machine, with its own configuration below a folder and
 * on free ports of the loopback interface. It can be stopped, killed, halted and started again.
 */
public final class ClickHouseServer implements AutoCloseable {

  private static final String PASSWORD = "s3cret&/";

  private final Path folder;
  private final int httpPort;
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;

  private ClickHouseServer(Path folder) throws IOException {
    this.folder = folder;
    this.httpPort = freePort();
    configure(folder, httpPort, freePort());
    this.process = launch(folder);
  }

  /**
   * Starts one.
   *
   * @param folder empty
   * @throws IllegalStateException when the program is not installed
   */
  public static ClickHouseServer start(Path folder) throws Exception {
    ClickHouseServer server = new ClickHouseServer(folder);
    server.awaitAnswer();
    return server;
  }

  /** Where the program is: on the path or where Debian has it. */
  private static Path program() {
    Stream<String> path = Stream.of(System.getenv("PATH").split(File.pathSeparator));
    return Stream.concat(path, Stream.of("/usr/sbin", "/usr/bin"))
        .map(directory -> Path.of(directory, "clickhouse-server"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "clickhouse-server is not installed; the profile clickhouse needs it"));
  }

  /** Of a database of that name, which need not be there. */
  public ClickHouseUri uri(String database) {
    return new ClickHouseUri(rawUri(database));
  }

  /** The same as configuration has it. */
  public URI rawUri(String database) {
    return URI.create(
        "http://sub30:" + PASSWORD.replace("/", "%2F") + "@127.0.0.1:" + httpPort + "/" + database);
  }

  /** Starts it again after it was stopped or killed. */
  void start() throws Exception {
    process = launch(folder);
    awaitAnswer();
  }

  private static Process launch(Path folder) throws IOException {
    Process started =
        new ProcessBuilder(program().toString(), "--config-file=" + folder.resolve("config.xml"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile())
            .start();
    // Also when the tests' process ends before it is closed.
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    return started;
  }

  private void awaitAnswer() throws Exception {
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      if (answers()) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    throw new IllegalStateException(
        "clickhouse-server does not start: " + Files.readString(folder.resolve("errors.log")));
  }

  private boolean answers() throws Exception {
    HttpRequest ping =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/ping"))
            .timeout(Duration.ofSeconds(1))
            .build();
    try {
      return client.send(ping, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** Ends it in order. */
  void stop() throws Exception {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("clickhouse-server does not stop");
    }
  }

  /** Ends it at once, in the middle of whatever it does. */
  void kill() throws Exception {
    process.destroyForcibly().waitFor();
  }

  /** It accepts connections and never answers, until {@link #resume}. */
  void halt() throws Exception {
    TestServers.halt(process.pid());
  }

  void resume() throws Exception {
    TestServers.resume(process.pid());
  }

  /** The answer to a statement, as text. */
  String ask(String statement) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/"))
            .header("X-ClickHouse-User", "sub30")
            .header("X-ClickHouse-Key", PASSWORD)
            .POST(HttpRequest.BodyPublishers.ofString(statement))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.body());
    }
    return response.body().strip();
  }

  /**
   * Waits until it has put together the parts that were written. A block a second never leaves it
   * more than a few; ten million rows at once do, and it works at them for some seconds.
   */
  public void awaitMerged() throws Exception {
    for (int quiet = 0; quiet < 20; ) {
      quiet = ask("SELECT count() FROM system.merges").equals("0") ? quiet + 1 : 0;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private static void configure(Path folder, int httpPort, int tcpPort) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.xml"),
        """
        <yandex>
          <logger><level>error</level><log>%1$s/server.log</log>
            <errorlog>%1$s/errors.log</errorlog></logger>
          <http_port>%2$d</http_port>
          <tcp_port>%3$d</tcp_port>
          <listen_host>127.0.0.1</listen_host>
          <path>%1$s/data/</path>
          <tmp_path>%1$s/tmp/</tmp_path>
          <users_config>users.xml</users_config>
          <default_profile>default</default_profile>
          <default_database>default</default_database>
          <mark_cache_size>67108864</mark_cache_size>
        </yandex>
        """
            .formatted(folder, httpPort, tcpPort));
    Files.writeString(
        folder.resolve("users.xml"),
        """
        <yandex>
          <profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
          <users><sub30>
            <password>%s</password>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
          </sub30></users>
          <quotas><default/></quotas>
        </yandex>
        """
            .formatted(PASSWORD.replace("&", "&amp;")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
