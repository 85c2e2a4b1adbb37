package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.TickResult;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
  private final RetryPolicy policy = new RetryPolicy(5, 50, 1_000);

  @ParameterizedTest
  @ValueSource(ints = {429, 503, 504})
  void sendsAgain_statusThatMayPass_untilTheLastResend(int status) {
    Answer answer = Answer.problem(status, "c", "", Answer.UNSAID);

    assertThat(policy.sendsAgain(0, answer)).isTrue();
    assertThat(policy.sendsAgain(4, answer)).isTrue();
    assertThat(policy.sendsAgain(5, answer)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 413, 415, 422, 500})
  void sendsAgain_statusThatStays_never(int status) {
    assertThat(policy.sendsAgain(0, Answer.problem(status, "c", "", Answer.UNSAID))).isFalse();
  }

  @Test
  void sendsAgain_noAnswer_onlyWhenTheNetworkWasToBlame() {
    assertThat(policy.sendsAgain(0, Answer.none(Answer.CONNECTION, ""))).isTrue();
    assertThat(policy.sendsAgain(0, Answer.none(Answer.TIMEOUT, ""))).isTrue();
    assertThat(policy.sendsAgain(0, Answer.none(Answer.MALFORMED, ""))).isFalse();
    assertThat(policy.sendsAgain(0, Answer.none(Answer.BUSY, ""))).isFalse();
    assertThat(policy.sendsAgain(0, Answer.accepted(TickResult.getDefaultInstance()))).isFalse();
  }

  @Property
  void delayMillis_serverAsked_isNeverUndercutAndDoublesUpToTheLongest(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 99) int resends) {
    long delay =
        policy.delayMillis(resends, Answer.problem(503, "c", "", 90), new SplittableRandom(seed));
    long asked = resends < 4 ? 90L << resends : 1_000;

    assertThat(delay).isBetween(asked, asked + asked / 10);
  }

  @Property
  void delayMillis_ownChoice_doublesUpToTheLongest(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 99) int resends) {
    long delay =
        policy.delayMillis(resends, Answer.none(Answer.CONNECTION, ""), new SplittableRandom(seed));
    long longest = resends < 5 ? 50L << resends : 1_000;

    assertThat(delay).isBetween(longest / 2, longest);
  }

  @Test
  void delayMillis_serverAsksForAnHour_waitsTheLongest() {
    long delay =
        policy.delayMillis(0, Answer.problem(503, "c", "", 3_600_000), new SplittableRandom(1));

    assertThat(delay).isBetween(1_000L, 1_100L);
  }

  @Test
  void delayMillis_serverAsksForNothing_waitsAMillisecond() {
    assertThat(policy.delayMillis(0, Answer.problem(429, "c", "", 0), new SplittableRandom(1)))
        .isEqualTo(1);
  }
}
