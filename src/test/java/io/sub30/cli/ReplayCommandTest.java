package io.sub30.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ReplayCommandTest {
  private final StringWriter err = new StringWriter();
  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rate 5 --speed 2 | exclude each other",
        "--rate 0 | --rate 0.0: must be above 0",
        "--rate fast | 'fast' is not a double",
        "--speed -1 | --speed -1.0: must be above 0",
        "--transport quic | --transport quic: must be http2, grpc, stream or http1",
        "--encoding xml | --encoding xml: must be protobuf or json",
        "--transport grpc --encoding json | --encoding json: gRPC carries protobuf",
        "--seconds 0 | --seconds 0.0: must be above 0",
        "--batch 0 | --batch 0: must be 1 to 10000",
        "--batch 10001 | --batch 10001: must be 1 to 10000",
        "--connections 0 | --connections 0: must be 1 to 10000",
        "--in-flight 0 | --in-flight 0: must be 1 to 10000",
        "--file x.csv | --file needs --format: mt5, mt5-bars, lean or bitstamp",
        "--file /no/such.csv --format bitstamp | --file /no/such.csv: there is no such readable"
            + " file",
        "--format lean | --format lean: needs --file",
        "--file x.csv --format csv | 'csv'",
        "--token-file /no/such | --token-file /no/such: cannot be read",
        "--ca /no/such.pem | --ca /no/such.pem: cannot be read",
        "--ca pom.xml | --ca pom.xml: is for https; the target is http://127.0.0.1:1",
        "--json /no/such/out.json | --json /no/such/out.json: cannot be written",
      })
  void call_badUsage_isTwoAndSaysWhatWouldBeRight(String arguments, String message) {
    List<String> all = new ArrayList<>(List.of("--target", "http://127.0.0.1:1"));
    if (!arguments.contains("--token-file")) {
      all.addAll(List.of("--token", "x"));
    }
    all.addAll(List.of(arguments.split(" ")));

    assertThat(execute(all.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void call_targetWithAPath_isTwo() {
    assertThat(execute("--target", "http://127.0.0.1:1/v1/ticks", "--token", "x")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--target http://127.0.0.1:1/v1/ticks: must be http://HOST:PORT");
  }

  @Test
  void call_noTarget_isTwo() {
    assertThat(execute("--token", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("--target");
  }

  @Test
  void call_bothTokens_isTwoAndKeepsThemSecret() throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), "hidden1\n");

    assertThat(
            execute(
                "--target", "http://h:1", "--token", "hidden2", "--token-file", file.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--token and --token-file").doesNotContain("hidden");
  }

  @Test
  void read_file_skipsBlankLinesAndComments() throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), "# acme\n a \n\r\nb\n");

    assertThat(ReplayTokens.read(null, file, "env")).containsExactly("a", "b");
  }

  @Test
  void read_environment_isTheLastResort() {
    assertThat(ReplayTokens.read(null, null, " e \n")).containsExactly("e");
    assertThat(ReplayTokens.read("o", null, "e")).containsExactly("o");
  }

  @Test
  void connections_default_coversTheTokens() {
    assertThat(ReplayTokens.connections(List.of("a"))).isEqualTo(4);
    assertThat(ReplayTokens.connections(List.of("a", "b", "c", "d", "e"))).isEqualTo(5);
    // {"terminal":"EA"}: a terminal has one connection.
    assertThat(ReplayTokens.connections(List.of("e30.eyJ0ZXJtaW5hbCI6IkVBIn0.x"))).isEqualTo(1);
  }

  private int execute(String... arguments) {
    return new CommandLine(new ReplayCommand())
        .setErr(new PrintWriter(err, true))
        .setOut(new PrintWriter(new StringWriter()))
        .execute(arguments);
  }
}
