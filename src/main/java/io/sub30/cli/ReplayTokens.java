package io.sub30.cli;

import io.sub30.client.TokenTerminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a replay's tokens come from. No message here ever contains one. */
final class ReplayTokens {
  /** More than 10,000 tokens of 800 bytes. */
  private static final int BYTES_MAX = 16 * 1024 * 1024;

  private static final int CONNECTIONS = 4;

  private ReplayTokens() {}

  /**
   * The tokens of the option, else of the file, else of the environment.
   *
   * @throws IllegalArgumentException naming the options when there is none, or the file when it
   *     cannot be read
   */
  static List<String> read(
      @Nullable String option, @Nullable Path file, @Nullable String environment) {
    if (option != null && file != null) {
      throw new IllegalArgumentException(
          "--token and --token-file exclude each other: give one of them");
    }
    if (option != null) {
      return List.of(option);
    }
    if (file != null) {
      return lines(file);
    }
    if (environment != null && !environment.isBlank()) {
      return List.of(environment.strip());
    }
    throw new IllegalArgumentException(
        "a token is needed: give --token-file F, --token T or set SUB30_TOKEN (sub30 token prints"
            + " one)");
  }

  private static List<String> lines(Path file) {
    byte[] bytes;
    try (InputStream in =
        file.toString().equals("-")
            ? System.in
            : new ByteArrayInputStream(Files.readAllBytes(file))) {
      bytes = in.readNBytes(BYTES_MAX);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--token-file " + file + ": cannot be read; give a file with one token a line, or -", e);
    }
    List<String> tokens =
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException(
          "--token-file " + file + ": has no token; give one a line");
    }
    return tokens;
  }

  /**
   * How many connections to open when nobody said: four; more when there are more tokens, so that
   * every tenant takes part; one a token when a token names its terminal, because a terminal has
   * one connection.
   */
  static int connections(List<String> tokens) {
    boolean bound = tokens.stream().anyMatch(token -> TokenTerminal.of(token).isPresent());
    return bound ? tokens.size() : Math.max(CONNECTIONS, tokens.size());
  }
}
