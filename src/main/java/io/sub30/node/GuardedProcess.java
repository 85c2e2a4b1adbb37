package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server process that cannot outlive this JVM, whatever kills it.
 *
 * <p>The server is started by a small shell that holds the reading end of a pipe whose only writing
 * end is in this JVM. When that closes, by {@link #close} or because the kernel closes the files of
 * a JVM that ended or was killed, the shell stops the server: SIGINT (an orderly, fast stop for
 * both PostgreSQL and Redis), after 15 s SIGQUIT, after 5 more SIGKILL. So there is no shutdown
 * hook: one would run beside the owner's and could stop the store before the last commits are
 * through.
 *
 * <p>{@code PR_SET_PDEATHSIG} was rejected: it fires when the <em>thread</em> that forked ends. The
 * session of its own ({@code setsid}) keeps a terminal's Ctrl-C from the server, which must stop
 * after this JVM has drained, not at the same moment.
 */
final class GuardedProcess implements AutoCloseable {

  /** Longer than the shell takes to go through its three signals. */
  private static final int CLOSE_SECONDS = 25;

  /**
   * Two processes: one waits for the server, so that its end is seen and its id never signalled
   * after it was reaped; the other waits for the pipe's end. Either may be killed without losing
   * the server: if the first goes, this JVM closes the pipe and the second stops the server.
   */
  private static final String GUARD =
      """
      exec 3<&0
      "$@" </dev/null >&2 3<&- &
      server=$!
      trap '' HUP INT TERM
      (
        while read -r _ <&3; do :; done
        kill -INT "$server"
        n=0
        while kill -0 "$server" 2>/dev/null; do
          n=$((n + 1))
          [ $n -eq 300 ] && kill -QUIT "$server"
          [ $n -eq 400 ] && kill -KILL "$server"
          sleep 0.05
        done
      ) >&2 &
      watch=$!
      exec 3<&-
      echo "$server"
      wait "$server"
      status=$?
      kill -KILL "$watch"
      exit $status
      """;

  private final Process guard;
  private final long pid;

  private GuardedProcess(Process guard, long pid) {
    this.guard = guard;
    this.pid = pid;
  }

  /**
   * Starts the command; what it prints goes to the log file, which is emptied first.
   *
   * @throws ConfigException if the machine lacks {@code setsid} or {@code sh}
   */
  static GuardedProcess start(List<String> launcher, List<String> command, Path log) {
    List<String> line = new ArrayList<>(List.of("setsid"));
    line.addAll(launcher);
    line.addAll(List.of("sh", "-c", GUARD, "sub30-guard"));
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(log.toFile());
    Commands.neutralise(builder);
    try {
      Process guard = builder.start();
      // The shell prints one line, the server's id, and nothing else ever: the reader is not
      // closed,
      // because that would close the stream of a process that goes on.
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(guard.getInputStream(), StandardCharsets.US_ASCII));
      String first = reader.readLine();
      if (first == null) {
        guard.destroyForcibly();
        throw new ConfigException(
            "cannot start "
                + command.get(0)
                + ": "
                + Commands.lastLine(log)
                + " (see "
                + log
                + ")");
      }
      return new GuardedProcess(guard, Long.parseLong(first));
    } catch (IOException e) {
      throw new ConfigException(
          "cannot start "
              + command.get(0)
              + ": the commands setsid and sh are needed ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** The server's own process id, not the guard's. */
  long pid() {
    return pid;
  }

  boolean alive() {
    return guard.isAlive();
  }

  /** True if the server ended within this time. */
  boolean endsWithin(long millis) throws InterruptedException {
    return guard.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Stops the server and returns when it is gone; does nothing the second time. */
  @Override
  public void close() {
    try {
      guard.getOutputStream().close();
      if (!guard.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        guard.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot stop process " + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the guard goes on stopping the server by itself
    }
  }
}
