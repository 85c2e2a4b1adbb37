package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RehearsalTest {

  private final AtomicInteger signed = new AtomicInteger();
  private final Rehearsal rehearsal = new Rehearsal(() -> "token-" + signed.incrementAndGet());

  @Test
  void admit_aTokenEach_comesForTheFirstTimeOnce() {
    String token = rehearsal.admit("pulse-1", Tier.PRO);
    String other = rehearsal.admit("pulse-1", Tier.PRO);

    assertThat(token).isNotEqualTo(other);
    assertThat(rehearsal.principal(token))
        .isNotNull()
        .satisfies(
            principal -> {
              assertThat(principal.tenant()).isEqualTo("~pulse-1");
              assertThat(principal.tier()).isEqualTo(Tier.PRO);
            });
    assertThat(rehearsal.firstTime(token)).isTrue();
    assertThat(rehearsal.firstTime(token)).isFalse();
    assertThat(rehearsal.firstTime(other)).isTrue();
  }

  @Test
  void dismiss_one_leavesTheOthers() {
    String token = rehearsal.admit("a", Tier.FREE);
    String other = rehearsal.admit("b", Tier.FREE);

    rehearsal.dismiss(token);

    assertThat(rehearsal.principal(token)).isNull();
    assertThat(rehearsal.firstTime(token)).isFalse();
    assertThat(rehearsal.principal(other)).isNotNull();
  }

  @Test
  void dismissAll_admitsNewOnes_closeNone() {
    String token = rehearsal.admit("a", Tier.FREE);
    rehearsal.dismissAll();
    assertThat(rehearsal.principal(token)).isNull();

    String next = rehearsal.admit("a", Tier.FREE);
    assertThat(rehearsal.principal(next)).isNotNull();

    rehearsal.close();
    assertThat(rehearsal.principal(next)).isNull();
    assertThat(rehearsal.principal(rehearsal.admit("b", Tier.FREE))).isNull();
  }

  @Test
  void isNewcomer_onlyOfARehearsal() {
    assertThat(Rehearsal.isNewcomer(Rehearsal.tenant(Rehearsal.NEWCOMER + 3))).isTrue();
    assertThat(Rehearsal.isNewcomer(Rehearsal.tenant("pulse-3"))).isFalse();
    assertThat(Rehearsal.isNewcomer(Rehearsal.NEWCOMER + 3)).isFalse();
  }
}
