package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Short commands of the operating system that the embedded servers need. Linux only. */
final class Commands {

  private static final int RUN_SECONDS = 120;
  private static final int STOP_SECONDS = 20;
  private static final int KILL_SECONDS = 5;

  private Commands() {}

  /**
   * What has to stand before a command of PostgreSQL, which refuses to run as root: nothing for
   * other users; for root {@code unshare -U}, a user namespace without a mapping, in which the
   * process is nobody while its files stay root's.
   *
   * @throws ConfigException if this machine does not permit user namespaces to root
   */
  static List<String> withoutRoot() {
    if (!root()) {
      return List.of();
    }
    List<String> unshare = List.of("unshare", "-U");
    try {
      Process trial = new ProcessBuilder("unshare", "-U", "true").redirectErrorStream(true).start();
      trial.getOutputStream().close();
      if (trial.waitFor(RUN_SECONDS, TimeUnit.SECONDS) && trial.exitValue() == 0) {
        return unshare;
      }
    } catch (IOException e) {
      throw noNamespaces(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw noNamespaces(null);
  }

  private static ConfigException noNamespaces(@org.jspecify.annotations.Nullable Exception cause) {
    String message =
        "PostgreSQL does not run as root, and this machine does not permit 'unshare -U', which"
            + " would help: run sub30 as another user, or set postgres.uri";
    return cause == null ? new ConfigException(message) : new ConfigException(message, cause);
  }

  private static boolean root() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell which user this is", e);
    }
  }

  /** Keeps the caller's settings for other PostgreSQL servers, and its language, from the child. */
  static void neutralise(ProcessBuilder builder) {
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
  }

  /**
   * Runs a command to its end.
   *
   * @param input what it reads from standard input
   * @param log where its output goes; emptied first
   * @throws ConfigException if it fails or does not end within 120 s
   */
  static void run(List<String> command, String input, Path log) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    neutralise(builder);
    try {
      Process process = builder.start();
      try (OutputStream out = process.getOutputStream()) {
        out.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw failed(command, "it did not end within " + RUN_SECONDS + " s", log);
      }
      if (process.exitValue() != 0) {
        throw failed(command, lastLine(log), log);
      }
    } catch (IOException e) {
      throw failed(command, String.valueOf(e.getMessage()), log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(command, "interrupted", log);
    }
  }

  private static ConfigException failed(List<String> command, String reason, Path log) {
    return new ConfigException(command.get(0) + " failed: " + reason + " (see " + log + ")");
  }

  /** The last line of a log that is not empty; of PostgreSQL's the last that tells a failure. */
  static String lastLine(Path log) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
      lines.removeIf(String::isBlank);
      return lines.stream()
          .filter(line -> line.contains("FATAL: ") || line.contains("PANIC: "))
          .reduce((a, b) -> b)
          .orElse(lines.isEmpty() ? "it gave no reason" : lines.get(lines.size() - 1));
    } catch (IOException e) {
      return "it left no log";
    }
  }

  /**
   * Stops every process whose executable lies in this folder. Executables are unpacked once a data
   * folder, so these are servers of that folder and of nobody else; the caller owns its lock, so
   * they are what an owner that was killed left behind and its guard has not yet stopped.
   */
  static void stopLeftovers(Path folder) {
    List<ProcessHandle> left;
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      left = all.filter(process -> runsFrom(folder, process)).toList();
    }
    if (left.isEmpty()) {
      return;
    }
    List<String> interrupt = new ArrayList<>(List.of("sh", "-c", "kill -INT \"$@\"", "kill"));
    left.forEach(process -> interrupt.add(Long.toString(process.pid())));
    try {
      // Not every one need still be there: the exit code says nothing.
      new ProcessBuilder(interrupt).redirectErrorStream(true).start().waitFor();
      if (!gone(left, STOP_SECONDS)) {
        left.forEach(ProcessHandle::destroyForcibly);
        if (!gone(left, KILL_SECONDS)) {
          throw new ConfigException(
              "process " + left.get(0).pid() + " still uses " + folder + "; stop it first");
        }
      }
    } catch (IOException e) {
      throw new ConfigException("cannot stop process " + left.get(0).pid() + "; stop it first", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConfigException("interrupted while stopping process " + left.get(0).pid(), e);
    }
  }

  private static boolean runsFrom(Path folder, ProcessHandle process) {
    return process.info().command().filter(path -> Path.of(path).startsWith(folder)).isPresent();
  }

  private static boolean gone(List<ProcessHandle> processes, int seconds)
      throws InterruptedException {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
