package io.sub30.bench;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.sub30.node.StandbyServer;
import io.sub30.node.TestServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * What a slow replica costs those who read: the fat jar on a PostgreSQL of its own with a streaming
 * replica, enterprise tenants that write 50 batches a second, and one that reads 50 pages of
 * signals a second, with the replica as it is and then 50 ms late.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.ReplicaDrill
 * </pre>
 *
 * Writes {@code target/evidence/replica-drill.txt}. Ends with 1 when a figure was missed.
 */
public final class ReplicaDrill {

  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final double RATE = 50;
  private static final int SECONDS = 10;
  private static final long LIMIT_NANOS = 30_000_000;
  private static final Pattern SOURCE = Pattern.compile("\"source\":\"([^\"]*)\"");

  private final StringBuilder found = new StringBuilder();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpRequest page;
  private boolean missed;

  private ReplicaDrill(JarServer server, String token) {
    this.page =
        HttpRequest.newBuilder(URI.create(server.api + "/v1/signals?limit=10"))
            .header("authorization", "Bearer " + token)
            .build();
  }

  public static void main(String[] args) throws Exception {
    Files.createDirectories(EVIDENCE);
    Path folder = Files.createTempDirectory("sub30-replica-drill");
    boolean missed;
    try (TestServers.Server primary = TestServers.postgres(folder.resolve("primary"), 0);
        StandbyServer standby = StandbyServer.of(primary.uri(), folder.resolve("standby"));
        JarServer server =
            JarServer.start(
                folder.resolve("data"),
                Map.of(
                    "SUB30_FAULTS_ENABLED", "true",
                    "SUB30_POSTGRES_URI", primary.uri().toString(),
                    "SUB30_POSTGRES_REPLICAS", standby.uri().toString()));
        OpenLoop writers = new OpenLoop(TickFiles.sample())) {
      for (int i = 0; i < 4; i++) {
        writers.add(server.api, server.token("writer-" + i, Tier.ENTERPRISE));
      }
      ReplicaDrill drill = new ReplicaDrill(server, server.token("reader", Tier.ENTERPRISE));
      try {
        drill.run(server, writers);
      } finally {
        Files.writeString(EVIDENCE.resolve("replica-drill.txt"), drill.found);
      }
      missed = drill.missed;
    }
    System.exit(missed ? 1 : 0);
  }

  private void run(JarServer server, OpenLoop writers) throws Exception {
    for (int i = 0; i < 3; i++) {
      under(writers, "warming:       ");
    }
    Reads quiet = under(writers, "quiet:         ");
    check("the replica serves", quiet.from("replica") > quiet.asked / 2);
    server.put("/faults", "{\"replica\":\"delay=50ms\"}");
    Reads slow = under(writers, "replica +50 ms: ");
    check("every page is answered", slow.statuses.getOrDefault(200, 0) == slow.asked);
    check("p99 below 30 ms", slow.nanos.getValueAtPercentile(99) < LIMIT_NANOS);
    check("not by the slow replica", slow.from("replica") <= slow.asked / 20);
    server.put("/faults", "{\"replica\":\"\"}");
    under(writers, "settling:      "); // until its slow answers have left the window
    Reads after = under(writers, "afterwards:    ");
    check("the replica serves again", after.from("replica") > after.asked / 2);
  }

  /** What became of the pages. */
  private static final class Reads {
    final Histogram nanos = new Histogram(1_000, 60_000_000_000L, 3);
    final Map<Integer, Integer> statuses = new TreeMap<>();
    final Map<String, Integer> sources = new TreeMap<>();
    int asked;

    int from(String source) {
      return sources.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(source))
          .mapToInt(Map.Entry::getValue)
          .sum();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "read %d, statuses %s, from %s, %s",
          asked,
          statuses,
          sources,
          OpenLoop.Seen.millis(nanos));
    }
  }

  /** Reads, one page after the other when it is due, while the others write. */
  private Reads under(OpenLoop writers, String label) throws Exception {
    Reads reads = new Reads();
    Thread reading = new Thread(() -> read(reads), "reader");
    reading.start();
    OpenLoop.Seen written = writers.run(RATE, SECONDS);
    reading.join();
    say(label + reads + "; written meanwhile " + written.statuses);
    return reads;
  }

  private void read(Reads reads) {
    long startNanos = NanoClock.SYSTEM.nanoTime();
    for (int i = 0; i < RATE * SECONDS; i++) {
      long dueNanos = startNanos + (long) (i * 1e9 / RATE);
      for (long left = dueNanos - NanoClock.SYSTEM.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = dueNanos - NanoClock.SYSTEM.nanoTime();
      }
      reads.asked++;
      try {
        HttpResponse<String> answer = http.send(page, HttpResponse.BodyHandlers.ofString());
        reads.nanos.recordValue(NanoClock.SYSTEM.nanoTime() - dueNanos);
        reads.statuses.merge(answer.statusCode(), 1, Integer::sum);
        Matcher source = SOURCE.matcher(answer.body());
        if (source.find()) {
          reads.sources.merge(source.group(1), 1, Integer::sum);
        }
      } catch (IOException e) {
        reads.statuses.merge(0, 1, Integer::sum);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void check(String what, boolean met) {
    missed |= !met;
    say("    " + (met ? "met     " : "NOT MET ") + what);
  }

  private void say(String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
