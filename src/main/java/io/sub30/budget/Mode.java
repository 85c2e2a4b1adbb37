package io.sub30.budget;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is done with what the estimates say. */
public enum Mode {
  /** Nothing is estimated; only the deadline itself holds. */
  OFF("off"),
  /**
   * Everything is estimated and nothing is done: what would have been refused is let in, and how it
   * turned out is recorded.
   */
  OBSERVE("observe"),
  /** What will not fit is answered with less, or refused. */
  ENFORCE("enforce");

  private final String label;

  Mode(String label) {
    this.label = label;
  }

  /** The name used in configuration and by the operators' door. */
  public String label() {
    return label;
  }

  /** The mode of that label; empty when there is none (labels are lower case and exact). */
  public static Optional<Mode> of(String label) {
    return Arrays.stream(values()).filter(mode -> mode.label.equals(label)).findFirst();
  }

  /** All labels, for messages: {@code off, observe, enforce}. */
  public static String labels() {
    return Arrays.stream(values()).map(Mode::label).collect(Collectors.joining(", "));
  }
}
