package io.sub30.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.Tier;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {

  private final ExecutorService one = Executors.newSingleThreadExecutor();
  private final ExecutorService two = Executors.newSingleThreadExecutor();
  private final ExecutorService three = Executors.newSingleThreadExecutor();
  private final Lanes lanes = new Lanes(List.of(Tier.ENTERPRISE, Tier.FREE));

  @AfterEach
  void stop() {
    one.shutdownNow();
    two.shutdownNow();
    three.shutdownNow();
  }

  @Test
  void claim_sameLoop_isTheSameLaneForEveryComponent() throws Exception {
    int lane = claim(one, "gateway");
    int other = claim(two, "gateway");

    assertThat(other).isNotEqualTo(lane);
    assertThat(claim(two, "ml")).isEqualTo(other);
    assertThat(claim(one, "ml")).isEqualTo(lane);
    assertThat(Set.of(lane, other)).isEqualTo(Set.of(0, 1));
    assertThat(lanes.size()).isEqualTo(2);
    assertThat(lanes.pool(0)).isEqualTo(Tier.ENTERPRISE);
    assertThat(lanes.pool(1)).isEqualTo(Tier.FREE);
    lanes.verify(Set.of("gateway", "ml"));
  }

  @Test
  void offPath_isTheFirstLaneOfTheLowestPool() {
    assertThat(lanes.offPath()).isEqualTo(1);
    assertThat(new Lanes(List.of(Tier.ENTERPRISE)).offPath()).isZero();
    assertThat(new Lanes(List.of(Tier.ENTERPRISE, Tier.PRO, Tier.FREE, Tier.FREE)).offPath())
        .isEqualTo(2);
  }

  @Test
  void claim_twiceOnOneLoop_isRefused() throws Exception {
    claim(one, "ml");

    assertThatThrownBy(() -> claim(one, "ml"))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ml was deployed twice on lane 0");
  }

  @Test
  void claim_moreLoopsThanLanes_isRefused() throws Exception {
    claim(one, "ml");
    claim(two, "ml");

    assertThatThrownBy(() -> claim(three, "ml"))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ml started on event loop 3 of 2 lanes");
  }

  @Test
  void verify_missingLane_namesComponentAndLanes() throws Exception {
    claim(one, "gateway");
    claim(two, "gateway");
    claim(two, "ml");

    assertThatThrownBy(() -> lanes.verify(Set.of("gateway", "ml")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("ml is on lanes [1] of 2, it must be on all of them");
    assertThatThrownBy(() -> lanes.verify(Set.of("trading")))
        .hasMessage("trading is on lanes [] of 2, it must be on all of them");
  }

  private int claim(ExecutorService loop, String component)
      throws ExecutionException, InterruptedException {
    return CompletableFuture.supplyAsync(() -> lanes.claim(component), loop).get();
  }
}
