package io.sub30.database.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.bus.Faults;
import io.sub30.node.TestServers;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The relay's memory is a page, whatever the backlog: it moves one that is larger than its heap.
 */
@Tag("long")
final class RelayHeapIT {

  private static final int BATCHES = 6_000;
  private static final int TICKS_A_BATCH = 500;

  @TempDir Path folder;

  /** Relays whatever is in the intake, in a heap of its own, and prints how many ticks that was. */
  static final class Relaying {

    private Relaying() {}

    public static void main(String[] arguments) throws Exception {
      Vertx vertx = Vertx.vertx();
      Columnar columnar =
          Columnar.start(
                  vertx,
                  new Intake(URI.create(arguments[0])).options(),
                  ColumnarOptions.of(Path.of(arguments[1])).withPages(2_000, 20_000),
                  Faults.off())
              .await(1, TimeUnit.MINUTES);
      columnar.caughtUp().await(5, TimeUnit.MINUTES);
      System.out.println(columnar.countTicks("acme", "t1").await(1, TimeUnit.MINUTES));
      columnar.close().await(1, TimeUnit.MINUTES);
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void relay_backlogLargerThanTheHeap_isMoved() throws Exception {
    try (TestServers.Server server = TestServers.postgres(folder, 0)) {
      Intake intake = new Intake(server.uri()).fresh();
      long encoded = Samples.columns(TICKS_A_BATCH, Samples.MINUTE_MSC).getSerializedSize();
      // Encoded alone it is twice the heap, decoded several times.
      assertThat(encoded * BATCHES).isGreaterThan(2 * 48L << 20);
      try (Connection connection = intake.connect()) {
        Intake.insert(connection, "t1", 1, BATCHES, TICKS_A_BATCH);
      }
      Process relaying =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx48m",
                  "-XX:MaxDirectMemorySize=48m",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Relaying.class.getName(),
                  server.uri().toString(),
                  folder.resolve("ticks.duckdb").toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String told =
          new String(relaying.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(relaying.waitFor()).isZero();
      assertThat(told).endsWith(String.valueOf((long) BATCHES * TICKS_A_BATCH));
    }
  }
}
