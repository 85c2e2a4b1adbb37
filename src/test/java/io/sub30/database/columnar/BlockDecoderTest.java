package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.MINUTE_MSC;
import static io.sub30.database.columnar.Samples.SOURCE;
import static io.sub30.database.columnar.Samples.at;
import static io.sub30.database.columnar.Samples.columns;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.TickColumns;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BlockDecoderTest {

  @Test
  void decode_goodRows_keepsOrderAndEndsAtLast() {
    Block block = decode(row(1, columns(3, MINUTE_MSC), 3), row(2, columns(2, MINUTE_MSC), 2));

    assertThat(block.after()).isEqualTo(Watermark.START);
    assertThat(block.upTo()).isEqualTo(at(2));
    assertThat(block.batches()).extracting(Block.Batch::sequence).containsExactly(1L, 2L);
    assertThat(block.tickCount()).isEqualTo(5);
    assertThat(block.poison()).isEmpty();
  }

  @Test
  void decode_undecodableBytes_setsAsideAndGoesOn() {
    Block block =
        decode(
            row(1, Buffer.buffer(new byte[] {(byte) 0x0a, 0x7f, 1}), 1),
            row(2, columns(2, MINUTE_MSC), 2));

    assertThat(block.batches()).extracting(Block.Batch::sequence).containsExactly(2L);
    assertThat(block.poison()).hasSize(1);
    assertThat(block.poison().get(0).position()).isEqualTo(at(1));
    assertThat(block.poison().get(0).reason()).startsWith("undecodable ticks");
  }

  @Test
  void decode_onlyPoison_stillAdvances() {
    Block block = decode(row(7, Buffer.buffer(new byte[] {(byte) 0xff}), 1));

    assertThat(block.batches()).isEmpty();
    assertThat(block.upTo()).isEqualTo(at(7));
  }

  @Test
  void decode_countDiffers_namesBoth() {
    assertThat(reason(columns(3, MINUTE_MSC), 4))
        .isEqualTo("the row claims 4 ticks, its columns hold 3");
  }

  @Test
  void decode_shortColumn_isNamed() {
    TickColumns.Builder good = columns(3, MINUTE_MSC).toBuilder();
    assertThat(reason(good.clone().clearBid().build(), 3)).contains("column bid");
    assertThat(reason(good.clone().clearIndex().build(), 3)).contains("column index");
    assertThat(reason(good.clone().addQuality(0).build(), 3)).contains("column quality");
  }

  @Test
  void decode_symbolOutOfRange_isNamed() {
    TickColumns.Builder good = columns(2, MINUTE_MSC).toBuilder();
    assertThat(reason(good.clone().setSymbol(1, 1).build(), 2))
        .isEqualTo("tick 1 points at symbol 1 of 1");
    assertThat(reason(good.clone().setSymbol(1, -1).build(), 2)).contains("symbol -1");
  }

  private static String reason(TickColumns ticks, int claimed) {
    return decode(row(1, ticks, claimed)).poison().get(0).reason();
  }

  private static Block decode(IntakeRow... rows) {
    return BlockDecoder.decode(SOURCE, Watermark.START, List.of(rows));
  }

  private static IntakeRow row(long position, TickColumns ticks, int claimed) {
    return row(position, Buffer.buffer(ticks.toByteArray()), claimed);
  }

  private static IntakeRow row(long position, Buffer ticks, int claimed) {
    return new IntakeRow(
        at(position), "acme", "t1", position, position, MINUTE_MSC, claimed, ticks);
  }
}
