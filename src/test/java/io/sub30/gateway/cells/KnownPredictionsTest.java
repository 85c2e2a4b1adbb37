package io.sub30.gateway.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.Prediction;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class KnownPredictionsTest {

  private static final long NOW = 1_000_000;

  private final KnownPredictions known = new KnownPredictions(60_000);

  private static Prediction of(String symbol) {
    return Prediction.newBuilder().setSymbol(symbol).setPUp(0.4).build();
  }

  @Test
  void find_withinItsAge_isServedAndBeyondItNever() {
    known.note("t", of("EURUSD"), NOW);

    assertThat(known.find("t", "EURUSD", NOW + 60_000)).isNotNull();
    assertThat(known.find("t", "EURUSD", NOW + 60_001)).isNull();
  }

  @Test
  void find_otherTerminalOrSymbol_isNotServed() {
    known.note("t", of("EURUSD"), NOW);

    assertThat(known.find("u", "EURUSD", NOW)).isNull();
    assertThat(known.find("t", "GBPUSD", NOW)).isNull();
  }

  @Test
  void note_again_replacesTheOlder() {
    known.note("t", of("EURUSD"), NOW);
    known.note("t", of("EURUSD").toBuilder().setPUp(0.9).build(), NOW + 5);

    KnownPredictions.Entry entry = Objects.requireNonNull(known.find("t", "EURUSD", NOW + 5));
    assertThat(entry.prediction().getPUp()).isEqualTo(0.9);
    assertThat(entry.madeMsc()).isEqualTo(NOW + 5);
  }

  @Test
  void note_moreThanTheBound_dropsTheOneUsedLongestAgo() {
    for (int i = 0; i < KnownPredictions.MAX_ENTRIES; i++) {
      known.note("t", of("S" + i), NOW);
    }
    assertThat(known.find("t", "S0", NOW)).isNotNull(); // now S1 is the oldest
    known.note("t", of("ONE_MORE"), NOW);

    assertThat(known.find("t", "S0", NOW)).isNotNull();
    assertThat(known.find("t", "S1", NOW)).isNull();
    assertThat(known.find("t", "ONE_MORE", NOW)).isNotNull();
  }

  @Test
  void maxAgeZero_servesOnlyWhatIsOfThisMoment() {
    KnownPredictions none = new KnownPredictions(0);
    none.note("t", of("EURUSD"), NOW);

    assertThat(none.find("t", "EURUSD", NOW + 1)).isNull();
  }
}
