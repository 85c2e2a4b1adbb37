package io.sub30.gateway.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.RejectedTick;
import io.sub30.v1.TickResult;
import org.junit.jupiter.api.Test;

class RejectionsTest {

  @Test
  void describe_few_namesEachByPlaceAndReason() {
    assertThat(Rejections.describe(rejected(2)))
        .isEqualTo("all 2 ticks were rejected: ticks[0] non_finite, ticks[1] non_finite");
  }

  @Test
  void describe_ten_areAllNamed() {
    assertThat(Rejections.describe(rejected(10))).endsWith("ticks[9] non_finite");
  }

  @Test
  void describe_more_namesTenAndCountsThemAll() {
    assertThat(Rejections.describe(rejected(10_000)))
        .startsWith("all 10000 ticks were rejected: ticks[0]")
        .endsWith("ticks[9] non_finite …")
        .doesNotContain("ticks[10]");
  }

  private static TickResult rejected(int count) {
    TickResult.Builder result = TickResult.newBuilder();
    for (int i = 0; i < count; i++) {
      result.addRejected(RejectedTick.newBuilder().setIndex(i).setReason("non_finite"));
    }
    return result.build();
  }
}
