package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRedisIT {

  @TempDir static Path shared;

  private DataFolder folder;

  @BeforeEach
  void own() {
    folder = DataFolder.at(shared).lock();
  }

  @AfterEach
  void disown() {
    folder.close();
  }

  @Test
  void start_freshFolder_answersWithItsPasswordOnly() throws IOException {
    try (EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {})) {
      assertThat(ask(server, "PING")).startsWith("-NOAUTH");
      assertThat(ask(server, "AUTH guess")).startsWith("-WRONGPASS");
      assertThat(ask(server, authenticate(server) + "PING")).isEqualTo("+OK\r\n+PONG\r\n");
      assertThat(ask(server, authenticate(server) + "CONFIG GET maxmemory")).contains("67108864");
      assertThat(ask(server, authenticate(server) + "CONFIG GET maxmemory-policy"))
          .contains("allkeys-lru");
      assertThat(ask(server, authenticate(server) + "CONFIG GET bind")).contains("127.0.0.1");
    }
  }

  @Test
  void start_freshFolder_keepsThePasswordOffTheCommandLine() throws IOException {
    try (EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {})) {
      Path configuration = folder.redis().resolve("redis.conf");
      assertThat(configuration).content().contains(password(server));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(configuration)))
          .isEqualTo("rw-------");
      assertThat(ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")))
          .noneMatch(line -> line.contains(password(server)));
    }
  }

  @Test
  void start_again_isEmptyAndHasANewPassword() throws IOException {
    String former;
    try (EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {})) {
      former = password(server);
      assertThat(ask(server, authenticate(server) + "SET k v")).isEqualTo("+OK\r\n+OK\r\n");
    }

    try (EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {})) {
      assertThat(password(server)).isNotEqualTo(former);
      assertThat(ask(server, authenticate(server) + "GET k")).isEqualTo("+OK\r\n$-1\r\n");
    }
  }

  @Test
  void start_portTakenMeanwhile_triesTheNext() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Iterator<Integer> ports = List.of(taken.getLocalPort(), FreePort.next()).iterator();

      try (EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {}, ports::next)) {
        assertThat(server.port()).isNotEqualTo(taken.getLocalPort());
      }
    }
  }

  @Test
  void close_runningServer_leavesNoProcess() {
    EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {});

    server.close();
    server.close();

    assertThat(ProcessHandle.of(server.pid())).isEmpty();
  }

  @Test
  void start_ownerKilled_serverStopsByItself() throws Exception {
    folder.close();
    try (OwnerProcess owner = OwnerProcess.start("redis", shared)) {
      ProcessHandle[] below = owner.descendants();
      assertThat(below).extracting(ProcessHandle::pid).contains(owner.serverPid());

      owner.kill();

      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(below).noneMatch(ProcessHandle::isAlive));
    }
  }

  private static String password(EmbeddedRedis server) {
    return server.uri().getUserInfo().substring(1);
  }

  private static String authenticate(EmbeddedRedis server) {
    return "AUTH " + password(server) + "\r\n";
  }

  /** Everything the server says to these inline commands before it closes on QUIT, less that OK. */
  private static String ask(EmbeddedRedis server, String commands) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write((commands + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(all).endsWith("+OK\r\n");
      return all.substring(0, all.length() - "+OK\r\n".length());
    }
  }
}
