package io.sub30.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * What a batch takes when nobody has sent one for seconds, with and without the pulse that keeps
 * the path warm meanwhile: of a tenant that is known, and the first one of another. Over loopback,
 * with a client of the same machine that has rested as well. Beside it what of the machine is busy
 * at rest.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.RestBenchmark [ROUNDS]
 * </pre>
 *
 * Writes {@code target/evidence/rest.txt}.
 */
public final class RestBenchmark {

  private static final long REST_MILLIS = 4_000;

  private RestBenchmark() {}

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    CompiledClient.rehearse();
    StringBuilder found = new StringBuilder();
    for (String pulse : new String[] {"0s", "100ms"}) {
      Path data = Files.createTempDirectory("sub30-rest");
      try (JarServer server = JarServer.start(data, Map.of("SUB30_NODE_PULSE", pulse));
          CompiledClient known = CompiledClient.of(server, "known")) {
        known.submit();
        long[][] micros = new long[4][rounds];
        ProcessorTime before = ProcessorTime.read(server.pid());
        Thread.sleep(3 * REST_MILLIS);
        String resting = ProcessorTime.read(server.pid()).since(before);
        for (int round = 0; round < rounds; round++) {
          Thread.sleep(REST_MILLIS);
          keep(known.submit(), micros, 0, round);
          try (CompiledClient other = CompiledClient.of(server, "new-" + round)) {
            Thread.sleep(REST_MILLIS);
            keep(other.submit(), micros, 2, round);
          }
        }
        say(
            found,
            "node.pulse %-6s known tenant: server %s, client %s; new tenant: server %s, client %s;"
                + " at rest %s",
            pulse,
            summary(micros[0]),
            summary(micros[1]),
            summary(micros[2]),
            summary(micros[3]),
            resting);
      }
    }
    say(found, "load average: %s", Files.readString(Path.of("/proc/loadavg")).strip());
    Path evidence = Files.createDirectories(Path.of("target", "evidence"));
    Files.writeString(evidence.resolve("rest.txt"), found);
    System.exit(0);
  }

  private static void keep(CompiledClient.Timed timed, long[][] micros, int first, int round) {
    micros[first][round] = timed.serverMicros();
    micros[first + 1][round] = timed.clientMicros();
  }

  private static String summary(long[] micros) {
    Arrays.sort(micros);
    return String.format(
        Locale.ROOT,
        "median %.1f ms, most %.1f ms",
        micros[micros.length / 2] / 1e3,
        micros[micros.length - 1] / 1e3);
  }

  private static void say(StringBuilder found, String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
