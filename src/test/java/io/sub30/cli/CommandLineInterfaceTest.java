package io.sub30.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.gateway.identity.SigningKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user meets who gets a command wrong: exit code 2, and a first line that helps. */
class CommandLineInterfaceTest {

  @TempDir private Path folder;
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--tier gold | --tier gold: must be free, pro or enterprise",
        "--tier pro --ttl 5 | --ttl 5: must be a number and a unit, s, m, h or d, e.g. 24h",
        "--tier pro --ttl 1w | --ttl 1w: must be a number and a unit",
        "--tier pro --ttl 0s | is not 1 second to 366 days",
        "--tier pro --ttl 367d | is not 1 second to 366 days",
        "--tier pro --ttl 999999999d | is not 1 second to 366 days",
        "--tier pro --terminal a/b | terminal 'a/b' is not 1 to 64 of",
        "--tier pro --scope write | scope 'write' is not one of ticks:write read admin",
        "--tier pro --scope read,, | scope '' is not one of",
        "--tier pro --scope Read | scope 'Read' is not one of",
        "--rotate | --rotate makes no token: give --data and --keep alone with it",
        "--tier pro --keep 1d | --keep 1d: needs --rotate",
        "--tier pro --id a/b | id 'a/b' is not 1 to 128 of",
        "--tier pro --tenant ACME | tenant 'ACME' is not 1 to 64 of",
        "--tier pro --tenat x | Unknown option",
        "--ttl 1h | Missing required option: '--tier",
      })
  void token_badUsage_isTwoAndSaysWhatWouldBeRight(String arguments, String message) {
    List<String> line = new ArrayList<>(List.of("token", "--data", folder.toString()));
    if (!arguments.contains("--tenant")) {
      line.addAll(List.of("--tenant", "acme"));
    }
    line.addAll(Arrays.asList(arguments.split(" ")));

    assertThat(CommandLineInterface.execute(line.toArray(String[]::new))).isEqualTo(2);
    assertThat(firstError()).contains(message);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(folder.resolve("keys")).as("nothing is made for a bad command").doesNotExist();
  }

  @Test
  void token_good_isOneLineOfThreePartsThatSaysWhatWasAsked() {
    long beforeSeconds = EpochClock.SYSTEM.epochMillis() / 1_000;
    int exit =
        CommandLineInterface.execute(
            "token",
            "--tenant",
            "acme",
            "--tier",
            "free",
            "--ttl",
            "90s",
            "--terminal",
            "EA-1",
            "--id",
            "acme-vps-1",
            "--scope",
            "read,ticks:write",
            "--data",
            folder.toString());

    assertThat(exit).isZero();
    String[] parts = out.toString(StandardCharsets.UTF_8).strip().split("\\.", -1);
    assertThat(parts).hasSize(3);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    assertThat(claims)
        .contains("\"tenant\":\"acme\"", "\"tier\":\"free\"", "\"terminal\":\"EA-1\"")
        .contains("\"jti\":\"acme-vps-1\"", "\"scope\":\"ticks:write read\"");
    long expires = Long.parseLong(claims.replaceAll(".*\"exp\":(\\d+).*", "$1"));
    assertThat(expires - 90).isBetween(beforeSeconds, EpochClock.SYSTEM.epochMillis() / 1_000);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void token_rotate_isOneLineThatNamesTheNewKey() throws IOException {
    String data = folder.toString();
    List<String> kids = new ArrayList<>();
    for (String line : List.of("", " --rotate", " --rotate --keep 0s")) {
      String make = line.isEmpty() ? " --tenant a --tier pro" : line;
      String[] command = ("token --data " + data + make).split(" ");
      out.reset();
      assertThat(CommandLineInterface.execute(command)).isZero();
      kids.add(SigningKeys.open(folder).kid());
      if (!line.isEmpty()) {
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
            .startsWith("key " + kids.get(kids.size() - 1) + " signs from now on;");
      }
    }
    assertThat(kids).doesNotHaveDuplicates();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rotate", "--rotate --keep 1d"})
  void token_rotateWithoutAKey_isTwoInOneLine(String line) {
    assertRefused(
        "the signing key cannot be rotated: ", ("token --data " + folder + " " + line).split(" "));
    assertThat(folder.resolve("keys")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rotate --keep 367d | --keep 367d: must be 0s to 366d",
        "--rotate --keep soon | --keep soon: must be a number and a unit",
        "--rotate --ttl 1h | --rotate makes no token",
        "--tier pro | Missing required option: '--tenant",
      })
  void token_badRotation_isTwo(String line, String message) {
    assertThat(CommandLineInterface.execute(("token " + line).split(" "))).isEqualTo(2);
    assertThat(firstError()).contains(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "xyz", "run --port 1", "demo --seconds 0", "demo --seconds x"})
  void execute_badUsage_isTwoWithUsage(String line) {
    assertThat(CommandLineInterface.execute(line.isEmpty() ? new String[0] : line.split(" ")))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: sub30");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "run --help",
        "demo --help",
        "token --help",
        "train --help",
        "plan --help",
        "erase --help"
      })
  void execute_help_isZero(String line) {
    assertThat(CommandLineInterface.execute(line.split(" "))).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: sub30");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http: {prot: 1} | unknown key http.prot in FILE; did you mean http.port?",
        "http: {port: eighty} | http.port is eighty in FILE; it must be a whole number",
        "budget: {lines: {ml_processing: 9ms}} | add up to 31 ms, the total is 30 ms",
        "http: {port: 1 | FILE is not valid YAML",
        "{http: {port: 0}, ops: {port: 0}, market: {symbols: /no/such.yaml}} | /no/such.yaml",
        "{http: {port: 0}, ops: {port: 0}, trading: {strategies: /no/such.yaml}} | /no/such.yaml",
      })
  void run_brokenConfiguration_isTwoInOneLine(String yaml, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("c.yaml"), yaml);
    Path data = folder.resolve("data");

    assertRefused(
        message.replace("FILE", file.toString()),
        "run",
        "--config",
        file.toString(),
        "--data",
        data.toString());
  }

  @Test
  void plan_foreignFile_isTwoInOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("ticks.csv"), "time,bid,ask");

    assertRefused(file + " is no file of ledgers", "plan", "--file", file.toString());
  }

  @Test
  void plan_noLedgers_isOneInOneLine() {
    assertThat(CommandLineInterface.execute("plan", "--data", folder.toString())).isEqualTo(1);
    assertThat(firstError()).startsWith("sub30: no ledgers in " + folder.resolve("ledgers"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void run_noSuchConfiguration_isTwoInOneLine() {
    assertRefused(
        "cannot read the configuration file /no/such.yaml", "run", "--config", "/no/such.yaml");
  }

  @Test
  void run_lanesOutOfRange_isTwoInOneLine() {
    assertRefused("lanes.count is 257 in the command line", "run", "--lanes", "257");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "ops"})
  void run_portInUse_isTwoInOneLine(String listener) throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String yaml = "http: {port: 0}\nops: {port: 0}\n";
      String port = listener + ": {port: " + other.getLocalPort() + "}";
      Path file =
          Files.writeString(folder.resolve("c.yaml"), yaml.replace(listener + ": {port: 0}", port));

      assertRefused(
          listener + ".port: cannot listen on",
          "run",
          "--config",
          file.toString(),
          "--data",
          folder.resolve("data").toString());
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains(":" + other.getLocalPort())
          .contains("SUB30_" + listener.toUpperCase(java.util.Locale.ROOT) + "_PORT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "token --tenant a --tier pro"})
  void execute_dataFolderIsAFile_isTwoInOneLine(String line) throws IOException {
    Path file = Files.writeString(folder.resolve("data"), "x");
    for (Path data : List.of(file, file.resolve("below"))) {
      err.reset();
      List<String> all = new ArrayList<>(Arrays.asList(line.split(" ")));
      all.addAll(List.of("--data", data.toString()));
      assertRefused(data.toString(), all.toArray(String[]::new));
    }
    assertThat(file).hasContent("x");
  }

  private void assertRefused(String message, String... line) {
    assertThat(CommandLineInterface.execute(line)).isEqualTo(2);
    assertThat(firstError()).startsWith("sub30: ").contains(message);
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).as("a single line").hasSize(1);
  }

  private String firstError() {
    return err.toString(StandardCharsets.UTF_8).lines().findFirst().orElse("");
  }
}
