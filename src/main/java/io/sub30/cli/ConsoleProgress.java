package io.sub30.cli;

import io.sub30.budget.NanoClock;
import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a long command is: a bar on a terminal, else a line every five seconds, both on
 * standard error, so that standard output stays clean for what the command prints.
 *
 * <p>Thread: one, and never an event loop, since a terminal may block its writer.
 */
final class ConsoleProgress implements AutoCloseable {
  /** The total is not known. */
  static final long UNKNOWN = -1;

  private static final long LINE_NANOS = 5_000_000_000L;

  private final String task;
  private final long total;
  private final PrintStream out;
  private final NanoClock clock;
  private final @Nullable ProgressBar bar;
  private long nextLineNanos;

  /** Shows {@code task}, out of {@code total} steps or {@link #UNKNOWN}. */
  ConsoleProgress(String task, long total) {
    this(task, total, System.err, NanoClock.SYSTEM, onTerminal());
  }

  ConsoleProgress(String task, long total, PrintStream out, NanoClock clock, boolean terminal) {
    this.task = task;
    this.total = total;
    this.out = out;
    this.clock = clock;
    this.nextLineNanos = clock.nanoTime() + LINE_NANOS;
    this.bar =
        terminal
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .build()
            : null;
  }

  /** Reports {@code done} steps and what else there is to say. Cheap enough to call often. */
  void update(long done, String detail) {
    if (bar != null) {
      bar.stepTo(done).setExtraMessage(detail);
      return;
    }
    long now = clock.nanoTime();
    if (now - nextLineNanos < 0) {
      return;
    }
    // Not from the last line: lines stay five seconds apart however late one was.
    nextLineNanos = now + LINE_NANOS;
    String share = total > 0 ? " " + Math.min(100, done * 100 / total) + " %" : "";
    out.println(task + share + (detail.isEmpty() ? "" : "  " + detail));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /**
   * From Java 22 on there is a console even when nobody is at the other end; only there it can be
   * asked.
   */
  private static boolean onTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
