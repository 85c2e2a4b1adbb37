package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import org.junit.jupiter.api.Test;

class LastCommitsTest {

  private static final int MAX_TENANTS = 3;

  private final FakeNanoClock clock = new FakeNanoClock(1_000);
  private final LastCommits commits = new LastCommits(clock, MAX_TENANTS);

  @Test
  void written_afterACommit_isItsMomentForThatTenantOnly() {
    commits.wrote("acme");
    clock.advanceNanos(500);
    commits.wrote("other");
    clock.advanceNanos(500);

    assertThat(commits.writtenNanos("acme")).isEqualTo(1_000);
    assertThat(commits.writtenNanos("other")).isEqualTo(1_500);
  }

  @Test
  void written_severalCommits_isTheLast() {
    commits.wrote("acme");
    clock.advanceNanos(7);
    commits.wrote("acme");
    clock.advanceNanos(7);

    assertThat(commits.writtenNanos("acme")).isEqualTo(1_007);
    assertThat(commits.tenants()).isEqualTo(1);
  }

  @Test
  void written_unknownTenant_countsAsWrittenAtItsFirstQuestion() {
    assertThat(commits.writtenNanos("acme")).isEqualTo(1_000);
    clock.advanceNanos(500);
    assertThat(commits.writtenNanos("acme")).isEqualTo(1_000);
  }

  @Test
  void written_forgottenForRoom_countsAsWrittenNow() {
    commits.wrote("a");
    commits.wrote("b");
    commits.wrote("c");
    clock.advanceNanos(5);
    commits.writtenNanos("a"); // heard of again, so b is the one to go
    commits.wrote("d");
    clock.advanceNanos(5);

    assertThat(commits.tenants()).isEqualTo(MAX_TENANTS);
    assertThat(commits.writtenNanos("a")).isEqualTo(1_000);
    assertThat(commits.writtenNanos("c")).isEqualTo(1_000);
    assertThat(commits.writtenNanos("d")).isEqualTo(1_005);
    assertThat(commits.writtenNanos("b")).isEqualTo(1_010);
    assertThat(commits.tenants()).isEqualTo(MAX_TENANTS);
  }
}
