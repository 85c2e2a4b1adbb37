package io.sub30.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(text, true, UTF_8);
  private long now = Long.MAX_VALUE - 1_000_000_000L;

  @Test
  void update_noTerminal_printsALineEveryFiveSeconds() {
    try (ConsoleProgress progress = new ConsoleProgress("train", 40, out, () -> now, false)) {
      for (int second = 0; second <= 14; second++) {
        progress.update(second, "ok " + second);
        now += 1_000_000_000L;
      }
    }

    assertThat(text.toString(UTF_8).lines())
        .containsExactly("train 12 %  ok 5", "train 25 %  ok 10");
  }

  @Test
  void update_noTerminalAndNoTotal_printsNoShare() {
    try (ConsoleProgress progress =
        new ConsoleProgress("replay", ConsoleProgress.UNKNOWN, out, () -> now, false)) {
      now += 5_000_000_000L;
      progress.update(7, "sent 3");
    }

    assertThat(text.toString(UTF_8).lines()).containsExactly("replay  sent 3");
  }

  @Test
  void update_shortTask_printsNothing() {
    try (ConsoleProgress progress = new ConsoleProgress("train", 4, out, () -> now, false)) {
      now += 4_999_999_999L;
      progress.update(4, "");
    }

    assertThat(text.size()).isZero();
  }

  @Test
  void update_terminal_drawsABar() {
    try (ConsoleProgress progress = new ConsoleProgress("train", 4, out, () -> now, true)) {
      progress.update(2, "half");
    }

    assertThat(text.toString(UTF_8)).contains("train").contains("50%").contains("half");
  }
}
