package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the first hours of the real trades that the program carries. */
class TrainerTest {

  private static final ModelId ID = new ModelId("btcusd-test", 1);

  @TempDir Path folder;

  @Test
  void train_sampleTrades_writesAModelThatServes() throws Exception {
    Set<String> stages = new LinkedHashSet<>();
    TrainingResult result =
        Trainer.train(plan("2013-11-26T20:00:00Z"), (done, total, stage) -> stages.add(stage));
    assertThat(stages).containsExactly("read", "label", "fit", "check", "write", "done");
    assertThat(result.card()).contains("horizon 300 s", "Verdict: direction:", result.verdict());
    assertThat(Files.readString(result.folder().resolve("card.txt"))).isEqualTo(result.card());
    try (ModelStore store = ModelStore.open(List.of(new ModelSource.Folder(folder)), folder)) {
      assertThat(store.symbols()).containsExactly("BTCUSD");
      assertThat(store.statuses().get(0).verdict()).isEqualTo(result.verdict());
    }
  }

  @Test
  void train_tooShortAHistory_saysSo() {
    assertThatThrownBy(() -> Trainer.train(plan("2013-11-25T02:00:00Z"), TrainingProgress.SILENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("samples, at least 600 are needed");
    assertThat(folder).isEmptyDirectory();
  }

  private TrainingPlan plan(String until) throws Exception {
    Symbols symbols = symbols();
    Symbol symbol = Objects.requireNonNull(symbols.resolve("BTCUSD"));
    return new TrainingPlan(
        ID,
        symbol,
        TrainingPlan.History.sample(symbols),
        Instant.parse(until).toEpochMilli(),
        new TrainingPlan.Question(300, 1e-3, 1),
        new TrainingPlan.Sampling(30, 60_000),
        TrainingPlan.Folding.SHARES,
        folder,
        1);
  }

  private static Symbols symbols() throws Exception {
    try (InputStream in = TrainerTest.class.getResourceAsStream("/conf/symbols.yaml")) {
      return Symbols.parse(
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
