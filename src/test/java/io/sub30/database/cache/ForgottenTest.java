package io.sub30.database.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ForgottenTest {

  /** Wraps; no constant, as that may not. */
  private long start = Long.MAX_VALUE - 5;

  private final Forgotten forgotten = new Forgotten(2);

  @Test
  void covers_keptUntilThen_andNothingLater() {
    assertThat(forgotten.covers("a", start)).isFalse();

    forgotten.add("a", start + 10);

    assertThat(forgotten.covers("a", start)).isTrue();
    assertThat(forgotten.covers("a", start + 10)).isTrue();
    assertThat(forgotten.covers("a", start + 11)).isFalse();
    assertThat(forgotten.covers("b", start)).isFalse();
    forgotten.add("a", start + 20);
    assertThat(forgotten.covers("a", start + 20)).isTrue();
  }

  @Test
  void add_beyondTheBound_forgetsMoreNotLess() {
    forgotten.add("a", start);
    forgotten.add("b", start + 10);
    forgotten.add("c", start + 20);

    assertThat(forgotten.covers("a", start)).isTrue();
    assertThat(forgotten.covers("d", start)).as("as old as what made room").isTrue();
    assertThat(forgotten.covers("d", start + 1)).isFalse();
    assertThat(forgotten.covers("b", start + 10)).isTrue();
    assertThat(forgotten.covers("c", start + 20)).isTrue();
    forgotten.clear();
    assertThat(forgotten.covers("c", start)).isFalse();
    assertThat(forgotten.covers("d", start)).isFalse();
  }
}
