package io.sub30.node;

import static io.sub30.budget.Tier.ENTERPRISE;
import static io.sub30.budget.Tier.FREE;
import static io.sub30.budget.Tier.PRO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.config.HttpConfig;
import io.sub30.config.Sub30Config;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanePlanTest {

  @ParameterizedTest
  @CsvSource({"0, 1, 3", "0, 2, 3", "0, 3, 3", "0, 4, 4", "0, 64, 64", "1, 64, 1", "256, 2, 256"})
  void count_configuredOrFromTheMachine_hasOneATier(int configured, int processors, int lanes) {
    assertThat(LanePlan.count(configured, processors)).isEqualTo(lanes);
  }

  @Test
  void pools_fewLanes_areShared() {
    assertThat(LanePlan.pools(1)).containsExactly(ENTERPRISE);
    assertThat(LanePlan.pools(2)).containsExactly(ENTERPRISE, PRO);
    assertThat(LanePlan.pools(3)).containsExactly(ENTERPRISE, PRO, FREE);
  }

  @Test
  void pools_manyLanes_goToTheHigherTiersFirst() {
    assertThat(LanePlan.pools(6))
        .containsExactly(ENTERPRISE, PRO, FREE, ENTERPRISE, ENTERPRISE, PRO);
    for (int lanes = 3; lanes <= 256; lanes++) {
      List<Tier> pools = LanePlan.pools(lanes);
      assertThat(pools).hasSize(lanes).contains(FREE, PRO, ENTERPRISE);
      assertThat(Collections.frequency(pools, ENTERPRISE))
          .isGreaterThanOrEqualTo(Collections.frequency(pools, PRO));
    }
  }

  @Test
  void pools_enterpriseHasAListenerAndAllLanes_isRefused() {
    HttpConfig own =
        Sub30Config.load(Optional.empty(), Map.of(), Map.of("http.enterprise_port", "8443")).http();
    assertThat(LanePlan.pools(2, own)).containsExactly(ENTERPRISE, PRO);
    assertThatThrownBy(() -> LanePlan.pools(1, own))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "http.enterprise_port is 8443 and lanes.count is 1; it must be 2 or more, since the"
                + " enterprise lanes then serve no other port");
    HttpConfig shared = Sub30Config.load(Optional.empty(), Map.of(), Map.of()).http();
    assertThat(LanePlan.pools(1, shared)).containsExactly(ENTERPRISE);
  }
}
