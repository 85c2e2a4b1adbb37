package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.requests.BatchCodecs;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchEncoderTest {
  private static final List<Tick> TICKS =
      List.of(
          Tick.newBuilder()
              .setSymbol("EURUSD.£")
              .setTimeMsc(1_400_000_000_123L)
              .setBid(1.38671)
              .setAsk(1.38682)
              .setFlags(6)
              .build(),
          Tick.newBuilder().setSymbol("BTCUSD").setLast(4.2e-9).setVolume(0).setFlags(-1).build());

  @Property(tries = 100)
  void join_anyHead_isTheMessageOfBothParts(
      @ForAll String terminal, @ForAll @LongRange(min = 0) long sequence) throws Exception {
    BatchEncoder encoder = BatchEncoder.of(Encoding.PROTOBUF);
    TickBatch whole =
        TickBatch.newBuilder()
            .setTerminal(terminal)
            .setSequence(sequence)
            .addAllTicks(TICKS)
            .build();

    byte[] joined = encoder.join(terminal, sequence, encoder.encodeTicks(TICKS));

    assertThat(decode(Encoding.PROTOBUF, joined))
        .isEqualTo(TickBatch.parseFrom(whole.toByteArray()));
  }

  @ParameterizedTest
  @EnumSource
  void encode_wholeAndJoined_readTheSame(Encoding encoding) throws Exception {
    BatchEncoder encoder = BatchEncoder.of(encoding);
    TickBatch batch =
        TickBatch.newBuilder().setTerminal("a \"b\"").setSequence(7).addAllTicks(TICKS).build();

    assertThat(decode(encoding, encoder.encode(batch))).isEqualTo(batch);
    assertThat(decode(encoding, encoder.join("a \"b\"", 7, encoder.encodeTicks(TICKS))))
        .isEqualTo(batch);
  }

  @Test
  void encode_json_usesTheContractsNamesAndLeavesAbsentPricesOut() {
    TickBatch batch =
        TickBatch.newBuilder()
            .setTerminal("t")
            .setSequence(3)
            .setServerUtcOffsetS(-7200)
            .setClientRttUs(9)
            .addWant("signal")
            .addTicks(TICKS.get(0))
            .build();

    assertThat(
            new String(
                BatchEncoder.of(Encoding.JSON).encode(batch),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"terminal\":\"t\",\"sequence\":3,\"server_utc_offset_s\":-7200,\"client_rtt_us\":9,"
                + "\"want\":[\"signal\"],\"ticks\":[{\"symbol\":\"EURUSD.£\","
                + "\"time_msc\":1400000000123,\"bid\":1.38671,\"ask\":1.38682,\"flags\":6}]}");
  }

  @Test
  void encode_ticksThatHaveNoBlock_goOneByOne() throws Exception {
    List<Tick> apart =
        List.of(
            TICKS.get(0).toBuilder().setTimeMsc(Long.MIN_VALUE).build(),
            TICKS.get(0).toBuilder().setTimeMsc(Long.MAX_VALUE).build());
    TickBatch batch = TickBatch.newBuilder().setTerminal("t").addAllTicks(apart).build();
    BatchEncoder encoder = BatchEncoder.of(Encoding.PROTOBUF);

    assertThat(TickBatch.parseFrom(encoder.encode(batch))).isEqualTo(batch);
    assertThat(TickBatch.parseFrom(encoder.join("t", 0, encoder.encodeTicks(apart))))
        .isEqualTo(batch);
    TickBatch usual = batch.toBuilder().clearTicks().addAllTicks(TICKS).build();
    assertThat(TickBatch.parseFrom(encoder.encode(usual)).hasBlock()).isTrue();
  }

  private static TickBatch decode(Encoding encoding, byte[] body) throws Exception {
    if (encoding == Encoding.PROTOBUF) {
      return BatchCodecs.expand(TickBatch.parseFrom(body));
    }
    TickBatch.Builder batch = TickBatch.newBuilder();
    JsonMessages.read(body, batch);
    return batch.build();
  }
}
