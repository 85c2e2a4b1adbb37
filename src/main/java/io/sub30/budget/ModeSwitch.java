package io.sub30.budget;

import java.util.Objects;

/** The mode of this process, which operators change while it runs. Thread-safe. */
public final class ModeSwitch {

  private volatile Mode mode;

  public ModeSwitch(Mode mode) {
    this.mode = Objects.requireNonNull(mode);
  }

  public Mode mode() {
    return mode;
  }

  /** From the next request on. */
  public void set(Mode next) {
    mode = Objects.requireNonNull(next);
  }
}
