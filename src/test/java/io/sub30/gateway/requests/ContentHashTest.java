package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private final ContentHash hash = new ContentHash();

  @Property(tries = 200)
  void of_jsonAndProtobuf_areEqual(@ForAll("batches") TickBatch batch) throws Exception {
    byte[] json = Batches.json(batch).getBytes(StandardCharsets.UTF_8);
    BatchReading.Read fromJson = (BatchReading.Read) TickBatchJson.read(json, 0, json.length);
    TickBatch fromProtobuf = TickBatch.parseFrom(batch.toByteArray());

    assertThat(hash.of(fromJson.batch())).isEqualTo(hash.of(fromProtobuf)).hasSize(32);
  }

  @Property(tries = 200)
  void of_anyFieldChanged_differs(@ForAll("batches") TickBatch batch) {
    List<TickBatch> variants = new ArrayList<>();
    variants.add(batch);
    variants.add(batch.toBuilder().setTerminal(batch.getTerminal() + "x").build());
    variants.add(batch.toBuilder().setSequence(batch.getSequence() ^ 1).build());
    variants.add(batch.toBuilder().setServerUtcOffsetS(batch.getServerUtcOffsetS() ^ 1).build());
    variants.add(batch.toBuilder().addTicks(Tick.getDefaultInstance()).build());
    variants.add(batch.toBuilder().removeTicks(0).build());
    Tick first = batch.getTicks(0);
    List<Tick.Builder> ticks = new ArrayList<>();
    ticks.add(first.toBuilder().setSymbol(first.getSymbol() + "x"));
    ticks.add(first.toBuilder().setTimeMsc(first.getTimeMsc() ^ 1));
    ticks.add(first.toBuilder().setFlags(first.getFlags() ^ 1024));
    ticks.add(first.hasBid() ? first.toBuilder().clearBid() : first.toBuilder().setBid(0));
    ticks.add(first.hasAsk() ? first.toBuilder().clearAsk() : first.toBuilder().setAsk(0));
    ticks.add(first.hasLast() ? first.toBuilder().clearLast() : first.toBuilder().setLast(0));
    ticks.add(first.hasVolume() ? first.toBuilder().clearVolume() : first.toBuilder().setVolume(0));
    ticks.add(first.toBuilder().setBid(Math.nextUp(first.getBid())));
    for (Tick.Builder tick : ticks) {
      variants.add(batch.toBuilder().setTicks(0, tick).build());
    }

    HashSet<ByteString> hashes = new HashSet<>();
    variants.forEach(variant -> hashes.add(hash.of(variant)));
    assertThat(hashes).hasSize(variants.size());
  }

  @Property(tries = 50)
  void of_rttOrWantChanged_isTheSame(@ForAll("batches") TickBatch batch) {
    TickBatch resent = batch.toBuilder().setClientRttUs(7).clearWant().build();

    assertThat(hash.of(resent)).isEqualTo(hash.of(batch));
  }

  @Test
  void of_sameValuesInOtherPlaces_differ() {
    TickBatch bid = TickBatch.newBuilder().addTicks(Tick.newBuilder().setBid(1)).build();
    TickBatch ask = TickBatch.newBuilder().addTicks(Tick.newBuilder().setAsk(1)).build();
    TickBatch zero = TickBatch.newBuilder().addTicks(Tick.newBuilder().setBid(0.0)).build();
    TickBatch minusZero = TickBatch.newBuilder().addTicks(Tick.newBuilder().setBid(-0.0)).build();

    assertThat(
            new HashSet<>(List.of(hash.of(bid), hash.of(ask), hash.of(zero), hash.of(minusZero))))
        .hasSize(4);
  }

  @Test
  void of_largeBatch_doesNotDependOnWhatWasHashedBefore() {
    TickBatch.Builder large = TickBatch.newBuilder().setTerminal("desk");
    for (int i = 0; i < 1_000; i++) {
      large.addTicks(Tick.newBuilder().setSymbol("EURUSD").setTimeMsc(i).setBid(i));
    }
    ByteString first = hash.of(large.build());
    hash.of(TickBatch.getDefaultInstance());

    assertThat(hash.of(large.build()))
        .isEqualTo(first)
        .isEqualTo(new ContentHash().of(large.build()));
    assertThat(hash.of(large.removeTicks(999).build())).isNotEqualTo(first);
  }

  @Provide
  Arbitrary<TickBatch> batches() {
    return Batches.any();
  }
}
