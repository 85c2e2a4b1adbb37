package io.sub30.cli;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/**
 * The process's log. Its lines are written by a thread of its own, so that no lane ever waits for a
 * terminal, a pipe or a disk; a line for which there is no room is dropped.
 */
public final class Logs {

  private Logs() {}

  /** Writes what is still to be written, for up to a second. Nothing is logged afterwards. */
  public static void close() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
