package io.sub30.bus;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class HopFailureTest {

  private static final int MOST_MILLIS = (1 << 23) - 1;

  @Property
  void received_whatTheBusCarries_isWhatWasSaid(
      @ForAll FailureCode code, @ForAll int retryAfterMillis) {
    HopFailure said = new HopFailure(Hop.API_GATEWAY, code, "why", retryAfterMillis);
    HopFailure heard = HopFailure.received(Hop.API_GATEWAY, said.number(), "why");

    assertThat(heard.code()).isEqualTo(code);
    assertThat(heard.retryAfterMillis())
        .isEqualTo(said.retryAfterMillis())
        .isEqualTo(Math.max(0, Math.min(retryAfterMillis, MOST_MILLIS)));
  }

  @Property
  void received_anyNumber_isSomeFailure(@ForAll int number) {
    HopFailure heard = HopFailure.received(Hop.API_GATEWAY, number, "why");

    assertThat(heard.code()).isNotNull();
    assertThat(heard.retryAfterMillis()).isBetween(0, MOST_MILLIS);
  }
}
