package io.sub30.gateway.requests;

import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Batches within their limits, and their JSON as a client would write it. */
public final class Batches {
  private Batches() {}

  static Arbitrary<TickBatch> any() {
    Arbitrary<String> terminals =
        Arbitraries.strings().withChars("abzAZ09._-").ofMinLength(1).ofMaxLength(64);
    Arbitrary<List<String>> wants =
        Arbitraries.of("prediction", "signal").list().uniqueElements().ofMaxSize(2);
    return Combinators.combine(
            terminals,
            Arbitraries.longs().greaterOrEqual(0),
            Arbitraries.integers().between(-86_400, 86_400),
            Arbitraries.integers(),
            wants,
            ticks().list().ofMinSize(1).ofMaxSize(6))
        .as(
            (terminal, sequence, offset, rtt, want, ticks) ->
                TickBatch.newBuilder()
                    .setTerminal(terminal)
                    .setSequence(sequence)
                    .setServerUtcOffsetS(offset)
                    .setClientRttUs(rtt)
                    .addAllWant(want)
                    .addAllTicks(ticks)
                    .build());
  }

  private static Arbitrary<Tick> ticks() {
    Arbitrary<Double> prices = Arbitraries.doubles().injectNull(0.3);
    return Combinators.combine(
            Arbitraries.of("EURUSD", "EURUSD.m", "@EU6", "EURUSD.£", "", "x\"y\\z", "😀"),
            Arbitraries.longs(),
            prices,
            prices,
            prices,
            prices,
            Arbitraries.integers())
        .as(
            (symbol, time, bid, ask, last, volume, flags) -> {
              Tick.Builder tick =
                  Tick.newBuilder().setSymbol(symbol).setTimeMsc(time).setFlags(flags);
              if (bid != null) {
                tick.setBid(bid);
              }
              if (ask != null) {
                tick.setAsk(ask);
              }
              if (last != null) {
                tick.setLast(last);
              }
              if (volume != null) {
                tick.setVolume(volume);
              }
              return tick.build();
            });
  }

  public static String json(TickBatch batch) {
    return "{\"terminal\":%s,\"sequence\":%d,\"server_utc_offset_s\":%d,\"client_rtt_us\":%d,\"want\":[%s],\"ticks\":[%s]}"
        .formatted(
            quoted(batch.getTerminal()),
            batch.getSequence(),
            batch.getServerUtcOffsetS(),
            Integer.toUnsignedLong(batch.getClientRttUs()),
            batch.getWantList().stream().map(Batches::quoted).collect(Collectors.joining(",")),
            batch.getTicksList().stream().map(Batches::json).collect(Collectors.joining(",")));
  }

  private static String json(Tick tick) {
    return "{\"symbol\":%s,\"time_msc\":\"%d\",\"bid\":%s,\"ask\":%s,\"last\":%s,\"volume\":%s,\"flags\":%d}"
        .formatted(
            quoted(tick.getSymbol()),
            tick.getTimeMsc(),
            tick.hasBid() ? tick.getBid() : "null",
            tick.hasAsk() ? tick.getAsk() : "null",
            tick.hasLast() ? tick.getLast() : "null",
            tick.hasVolume() ? tick.getVolume() : "null",
            Integer.toUnsignedLong(tick.getFlags()));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
