package io.sub30.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.client.StubServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path folder = Path.of("");

  @Test
  void call_allAcknowledged_isZeroWithTableAndJson() throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      Path json = folder.resolve("out.json");
      Path tokens = Files.writeString(folder.resolve("tokens"), "a\nb\n");

      int exit =
          execute(
              "--target",
              server.uri().toString(),
              "--token-file",
              tokens.toString(),
              "--rate",
              "500",
              "--seconds",
              "1",
              "--connections",
              "2",
              "--terminal",
              "desk",
              "--json",
              json.toString());

      assertThat(err.toString()).isEmpty();
      assertThat(exit).isZero();
      assertThat(server.received).hasSize(500);
      assertThat(server.received)
          .extracting(r -> r.asBatch().getTerminal() + " " + r.authorization())
          .containsOnly("desk-1 Bearer a", "desk-2 Bearer b");
      assertThat(out.toString()).contains("ok 500").contains("500 batches/s, open loop");
      assertThat(Files.readString(json)).contains("\"ok\" : 500").contains("\"200\" : 500");
    }
  }

  @Test
  void call_refused_isOneWithTheReason() throws Exception {
    try (StubServer server =
        new StubServer((request, received) -> StubServer.refuse(request, 403, "forbidden", null))) {
      int exit =
          execute(
              "--target",
              server.uri().toString(),
              "--token",
              "a",
              "--rate",
              "50",
              "--seconds",
              "0.2");

      assertThat(exit).isEqualTo(1);
      assertThat(err.toString())
          .contains("10 batches refused")
          .contains("403 (forbidden: because)");
      assertThat(out.toString()).contains("refused 10");
    }
  }

  @Test
  void call_brokenFile_isOneNamingTheRow() throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      Path file =
          Files.writeString(folder.resolve("20140508_eurusd_tick_quote.csv"), "0,1.1,1.2\nx,y,z\n");

      int exit =
          execute(
              "--target",
              server.uri().toString(),
              "--token",
              "a",
              "--format",
              "lean",
              "--file",
              file.toString());

      assertThat(exit).isEqualTo(1);
      assertThat(err.toString()).contains("line 2");
    }
  }

  private int execute(String... arguments) {
    return new CommandLine(new ReplayCommand())
        .setErr(new PrintWriter(err, true))
        .setOut(new PrintWriter(out, true))
        .execute(arguments);
  }
}
