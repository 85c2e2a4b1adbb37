package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.database.Spells.Spell;
import org.junit.jupiter.api.Test;

final class SpellsTest {

  private final Spells spells = new Spells(2);

  @Test
  void of_sameSpell_isTheSameUntilItEnds() {
    Spell foreign = spells.of("a");
    assertThat(foreign.owned()).isFalse();
    assertThat(spells.of("a")).isEqualTo(foreign);

    spells.taken("a", 3);
    Spell owned = spells.of("a");
    assertThat(owned.owned()).isTrue();
    spells.doubt("a");
    Spell doubted = spells.of("a");
    assertThat(doubted.owned()).isTrue();
    spells.lost("a");
    Spell lost = spells.of("a");
    assertThat(lost.owned()).isFalse();
    assertThat(foreign.id()).isNotIn(owned.id(), doubted.id(), lost.id());
    assertThat(owned.id()).isNotIn(doubted.id(), lost.id());
  }

  @Test
  void lostTo_laterEpochAlone_endsTheSpell() {
    spells.lostTo("a", 9);
    assertThat(spells.of("a").owned()).isFalse();
    spells.taken("a", 3);
    Spell owned = spells.of("a");
    spells.lostTo("a", 2);
    spells.lostTo("a", 3);
    assertThat(spells.of("a")).isEqualTo(owned);
    spells.doubt("a");
    spells.lostTo("a", 3);
    assertThat(spells.of("a").owned()).isTrue();
    spells.lostTo("b", 9);
    assertThat(spells.of("a").owned()).isTrue();

    spells.lostTo("a", 4);

    Spell lost = spells.of("a");
    assertThat(lost.owned()).isFalse();
    spells.lostTo("a", 5);
    assertThat(spells.of("a")).as("is another's already").isEqualTo(lost);
  }

  @Test
  void of_anotherLane_isAnotherSpell() {
    assertThat(new Spells(2).of("a").id()).isNotEqualTo(spells.of("a").id());
  }

  @Test
  void of_forgottenForRoom_beginsAnewAndIsNotOwned() {
    spells.taken("a", 3);
    long before = spells.of("a").id();
    spells.of("b");
    spells.of("c");
    assertThat(spells.of("a").owned()).isFalse();
    assertThat(spells.of("a").id()).isNotEqualTo(before);
  }
}
