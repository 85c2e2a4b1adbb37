package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.MINUTE_MSC;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BlockBarsTest {

  @Test
  void of_batchesOfOneMinute_areOnePartOfABlockAndOneEachAlone() {
    Block block =
        Samples.block(
            0,
            2,
            Samples.batch("acme", "t1", 1, 60),
            Samples.batch("acme", "t1", 2, 60),
            Samples.batch("other", "t1", 1, 60));

    assertThat(BlockBars.of(block)).extracting(part -> part.ticks).containsExactly(120L, 60L);
    BlockBars.Part part = BlockBars.of(block.batches().get(1)).iterator().next();
    assertThat(part.key).isEqualTo(new BlockBars.Key("acme", "t1", "EURUSD", MINUTE_MSC));
    assertThat(part.firstSequence).isEqualTo(2);
    assertThat(part.lastMsc).isEqualTo(MINUTE_MSC + 59_000);
  }
}
