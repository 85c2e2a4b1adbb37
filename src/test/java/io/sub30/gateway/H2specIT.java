package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite of HTTP/2 (h2spec 2.2.0, x86-64) against a whole node, in cleartext. */
@Tag("long")
class H2specIT {

  /** Frames on a closed stream: Netty has forgotten it, and ignores them or resets. */
  private static final Set<String> KNOWN =
      new TreeSet<>(Set.of("http2/5.1/6", "http2/5.1/12", "http2/5.1.1/2"));

  private static final Path EVIDENCE = Path.of("target/evidence/h2spec.txt");

  private static final Pattern CASE =
      Pattern.compile("(?s)<testcase package=\"([^\"]+)\".*?>(.*?)</testcase>");

  @TempDir private static Path data;
  @TempDir private static Path tools;

  @Test
  void http2_conformsButForWhatIsKnown() throws Exception {
    Path report = tools.resolve("report.xml");
    Path log = tools.resolve("log");
    try (RunningNode server = RunningNode.start(data)) {
      Process h2spec =
          new ProcessBuilder(
                  unpacked().toString(),
                  "--host",
                  server.node.api().host(),
                  "--port",
                  Integer.toString(server.node.api().port()),
                  "--timeout",
                  "4",
                  "--junit-report",
                  report.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        assertThat(h2spec.waitFor(5, TimeUnit.MINUTES)).as("h2spec ended").isTrue();
      } finally {
        h2spec.destroyForcibly();
      }
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
    Files.createDirectories(EVIDENCE.getParent());
    Files.writeString(
        EVIDENCE, ran + " tests, failed: " + failed + "; known: " + KNOWN + "\n\n" + said);
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
          Path program = tools.resolve("h2spec");
          Files.copy(tar, program);
          assertThat(program.toFile().setExecutable(true)).isTrue();
          return program;
        }
      }
    }
    throw new IllegalStateException("the archive holds no h2spec");
  }
}
