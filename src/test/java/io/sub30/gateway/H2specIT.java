package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.tls.SelfSigned;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite of HTTP/2 (h2spec 2.2.0, x86-64) against a whole node. */
@Tag("long")
class H2specIT {

  /** Frames on a closed stream: Netty has forgotten it, and ignores them or resets. */
  private static final Set<String> KNOWN =
      new TreeSet<>(Set.of("http2/5.1/6", "http2/5.1/12", "http2/5.1.1/2"));

  private static final Path EVIDENCE = Path.of("target/evidence");

  private static final Pattern CASE =
      Pattern.compile("(?s)<testcase package=\"([^\"]+)\".*?>(.*?)</testcase>");

  @TempDir private static Path folder;
  private static Path program;

  @BeforeAll
  static void unpack() throws IOException {
    program = unpacked();
  }

  @Test
  void cleartext_conformsButForWhatIsKnown() throws Exception {
    try (RunningNode server = RunningNode.start(folder.resolve("cleartext"))) {
      conforms(server, "h2spec", List.of());
    }
  }

  @Test
  void tls_conformsButForWhatIsKnown() throws Exception {
    SelfSigned certificate = SelfSigned.make(folder, "h2spec", "EC");
    Map<String, String> tls =
        Map.of(
            "http.tls.certificate", certificate.certificate().toString(),
            "http.tls.key", certificate.key().toString());
    try (RunningNode server = RunningNode.start(folder.resolve("tls"), tls)) {
      conforms(server, "h2spec-tls", List.of("--tls", "--insecure"));
    }
  }

  private static void conforms(RunningNode server, String name, List<String> more)
      throws Exception {
    Path report = folder.resolve(name + ".xml");
    Path log = folder.resolve(name + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--host",
                server.node.api().host(),
                "--port",
                Integer.toString(server.node.api().port()),
                "--timeout",
                "4",
                "--junit-report",
                report.toString()));
    command.addAll(more);
    Process h2spec =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(h2spec.waitFor(5, TimeUnit.MINUTES)).as("h2spec ended").isTrue();
    } finally {
      h2spec.destroyForcibly();
    }
    Set<String> failed = new TreeSet<>();
    int ran = 0;
    Map<String, Integer> ordinals = new HashMap<>();
    // The report quotes raw bytes, so no XML parser reads it.
    Matcher cases = CASE.matcher(Files.readString(report, StandardCharsets.ISO_8859_1));
    while (cases.find()) {
      ran++;
      String id = cases.group(1) + "/" + ordinals.merge(cases.group(1), 1, Integer::sum);
      if (!cases.group(2).isBlank()) {
        failed.add(id);
      }
    }
    String said = Files.readString(log, StandardCharsets.ISO_8859_1);
    Files.createDirectories(EVIDENCE);
    Files.writeString(
        EVIDENCE.resolve(name + ".txt"),
        ran + " tests, failed: " + failed + "; known: " + KNOWN + "\n\n" + said);
    assertThat(ran).as(said).isEqualTo(145);
    assertThat(KNOWN).as(said).containsAll(failed);
  }

  /** The program, out of the archive within the Maven plugin's artifact. */
  private static Path unpacked() throws IOException {
    InputStream packed =
        Objects.requireNonNull(
            H2specIT.class.getResourceAsStream("/h2spec/2.2.0/h2spec_linux_amd64.tar.gz"));
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GzipCompressorInputStream(new BufferedInputStream(packed)))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile() && entry.getName().endsWith("h2spec")) {
          Path program = folder.resolve("h2spec");
          Files.copy(tar, program);
          assertThat(program.toFile().setExecutable(true)).isTrue();
          return program;
        }
      }
    }
    throw new IllegalStateException("the archive holds no h2spec");
  }
}
