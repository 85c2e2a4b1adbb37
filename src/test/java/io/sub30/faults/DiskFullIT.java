package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL's disk is full. As root that is a small tmpfs with a ballast file; without the right
 * to mount one, a limit on the size of the files that its processes may write, which makes the
 * extension of a table fail in the same place.
 */
class DiskFullIT {

  private static final String DISK = "400m";
  private static final byte[] MEBIBYTE = new byte[1 << 20];
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path root = Path.of("");

  @Test
  void disk_fullUnderLoad_nothingIsLostOrDoubled() throws Exception {
    Path disk = Files.createDirectories(root.resolve("disk"));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", disk.toString()) == 0;
    try (FaultStage stage = new FaultStage(root, disk.resolve("pg"), Map.of())) {
      CountedLoad load = new CountedLoad(stage, "disk-full");
      load.with(
          mounted ? "a full disk (tmpfs of " + DISK + ")" : "a file size limit on PostgreSQL",
          () -> {
            if (mounted) {
              fill(stage, load, disk);
            } else {
              limit(stage, load);
            }
          });
    } finally {
      if (mounted) {
        Awaitility.await("the last process has left the disk")
            .atMost(PATIENCE)
            .until(() -> run("umount", disk.toString()) == 0);
      }
    }
  }

  private static void fill(FaultStage stage, CountedLoad load, Path disk) throws Exception {
    Path ballast = disk.resolve("ballast");
    growUntilFull(ballast);
    awaitRefusals(load, () -> growUntilFull(ballast));
    Files.delete(ballast);
    if (ProcessHandle.of(stage.postgresPid()).isEmpty()) {
      stage.stopPostgres(); // it gave up: the log itself could not be written
      stage.startPostgres();
    }
  }

  private static void growUntilFull(Path ballast) {
    try (OutputStream out =
        Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (Files.size(ballast) < 1L << 30) {
        out.write(MEBIBYTE);
      }
    } catch (IOException e) {
      return; // no space left, which is what was wanted
    }
    throw new IllegalStateException("the disk is not bounded");
  }

  private static void limit(FaultStage stage, CountedLoad load) throws Exception {
    long bytes;
    String[] user = stage.postgres().getUserInfo().split(":", 2);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                    + stage.postgres().getPort()
                    + stage.postgres().getPath(),
                user[0],
                user[1]);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_relation_size('tick_batches', 'main')")) {
      row.next();
      bytes = row.getLong(1);
    }
    setLimit(stage, Long.toString(bytes));
    awaitRefusals(load, () -> setLimit(stage, Long.toString(bytes)));
    setLimit(stage, "unlimited");
  }

  /** Of the server and all its children: a backend that starts later takes it from the first. */
  private static void setLimit(FaultStage stage, String bytes) {
    ProcessHandle first = ProcessHandle.of(stage.postgresPid()).orElseThrow();
    Stream.concat(Stream.of(first), first.descendants())
        .forEach(
            process -> {
              int code =
                  run("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes + ":");
              assertThat(code == 0 || !process.isAlive()).as("prlimit %s", bytes).isTrue();
            });
  }

  /** Until nothing has been acknowledged for a second. */
  private static void awaitRefusals(CountedLoad load, Runnable again) {
    int[] before = {-1};
    Awaitility.await("the server refuses")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              again.run();
              int now = load.acknowledged();
              boolean still = now == before[0];
              before[0] = now;
              return still;
            });
  }

  private static int run(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      String told =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int code = process.waitFor();
      if (code != 0) {
        System.out.println(String.join(" ", command) + ": " + told);
      }
      return code;
    } catch (IOException e) {
      return -1; // no such command
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
