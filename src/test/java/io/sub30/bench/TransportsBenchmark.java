package io.sub30.bench;

import io.sub30.budget.Tier;
import io.sub30.gateway.tls.SelfSigned;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a batch takes by each transport, in cleartext and under TLS, at 200 batches a second: a
 * minute by HTTP/2 first, so that the server has run; then each in turn, twice, from a tenant of
 * its own. A stream answers in order, over one request.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.TransportsBenchmark [SECONDS [FILE]]
 * </pre>
 *
 * FILE is a lean zip of quotes; without it the carried trades are replayed. Writes {@code
 * target/evidence/transports.txt}.
 */
public final class TransportsBenchmark {

  private static final List<String> TRANSPORTS = List.of("http2", "http1", "grpc", "stream");
  private static final int ROUNDS = 2;
  private static final int FIRST_SECONDS = 60;

  private TransportsBenchmark() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    List<String> ticks =
        args.length > 1 ? List.of("--format", "lean", "--file", args[1]) : List.of();
    Path folder = Files.createTempDirectory("sub30-transports");
    SelfSigned certificate = SelfSigned.make(folder, "api", "EC");
    StringBuilder found = new StringBuilder();
    measure(found, folder.resolve("cleartext"), Map.of(), "http", seconds, ticks);
    List<String> trusting = new ArrayList<>(ticks);
    trusting.addAll(List.of("--ca", certificate.certificate().toString()));
    Map<String, String> tls =
        Map.of(
            "SUB30_HTTP_TLS_CERTIFICATE", certificate.certificate().toString(),
            "SUB30_HTTP_TLS_KEY", certificate.key().toString());
    measure(found, folder.resolve("tls"), tls, "https", seconds, trusting);
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Path evidence = Files.createDirectories(Path.of("target", "evidence"));
    Files.writeString(evidence.resolve("transports.txt"), found);
    System.exit(0);
  }

  private static void measure(
      StringBuilder found,
      Path data,
      Map<String, String> environment,
      String scheme,
      int seconds,
      List<String> more)
      throws Exception {
    try (JarServer server = JarServer.start(data, environment)) {
      URI target = URI.create(scheme + "://127.0.0.1:" + server.api.getPort());
      String first = server.token("first", Tier.ENTERPRISE);
      ReplayFigures.of(target, first, scheme + "-first", FIRST_SECONDS, more);
      for (int round = 1; round <= ROUNDS; round++) {
        for (String transport : TRANSPORTS) {
          String name = scheme + "-" + transport + "-" + round;
          List<String> arguments = new ArrayList<>(more);
          arguments.addAll(List.of("--transport", transport));
          String token = server.token(name, Tier.ENTERPRISE);
          say(found, name + ": " + ReplayFigures.of(target, token, name, seconds, arguments));
        }
      }
    }
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
