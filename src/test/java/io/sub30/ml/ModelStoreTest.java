package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {

  private static final ModelId ONE = Synthetic.ID;
  private static final ModelId TWO = new ModelId(ONE.name(), 2);

  @TempDir Path first;
  @TempDir Path second;
  private @Nullable ModelStore store;

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  @Test
  void open_severalVersions_newestAnswers() throws Exception {
    write(first, ONE);
    write(second, TWO);
    assertThat(active(open())).isEqualTo(TWO);
  }

  @Test
  void open_newestIsBroken_theOneBeforeAnswersAndTheReasonIsTold() throws Exception {
    write(first, ONE);
    write(first, TWO);
    breakHead(TWO);
    ModelStore opened = open();
    assertThat(active(opened)).isEqualTo(ONE);
    ModelStatus refused =
        opened.statuses().stream().filter(s -> s.id().equals(TWO)).findFirst().orElseThrow();
    assertThat(refused.refusal()).contains("head.onnx: its SHA-256 is");
    assertThat(refused.active()).isFalse();
  }

  @Test
  void activate_olderVersion_staysAfterReopening() throws Exception {
    write(first, ONE);
    write(first, TWO);
    ModelStore opened = open();
    opened.activate(ONE);
    assertThat(active(opened)).isEqualTo(ONE);
    opened.close();
    assertThat(active(open())).isEqualTo(ONE);
  }

  @Test
  void open_activatedModelWasReplaced_notLoaded() throws Exception {
    write(first, ONE);
    ModelStore opened = open();
    opened.activate(ONE);
    opened.close();
    Path manifest = first.resolve("synthetic/1/model.json");
    Files.writeString(manifest, Files.readString(manifest) + "\n");
    ModelStore again = open();
    assertThat(again.snapshot()).isEmpty();
    assertThat(again.statuses().get(0).refusal()).contains("activated was");
  }

  @Test
  void activate_brokenModel_changesNothing() throws Exception {
    write(first, ONE);
    ModelStore opened = open();
    write(first, TWO);
    breakHead(TWO);
    assertThatThrownBy(() -> opened.activate(TWO)).isInstanceOf(ModelRefused.class);
    assertThat(active(opened)).isEqualTo(ONE);
    assertThat(first.resolve("active")).doesNotExist();
  }

  @Test
  void reload_activeModelBrokenOnDisk_oldOneStays() throws Exception {
    write(first, ONE);
    ModelStore opened = open();
    OnnxModel before = opened.snapshot().get(Synthetic.SYMBOL);
    breakHead(ONE);
    opened.reload();
    assertThat(opened.snapshot().get(Synthetic.SYMBOL)).isSameAs(before);
    assertThat(opened.statuses()).extracting(ModelStatus::active).containsExactly(false, true);
    assertThat(opened.statuses().get(1).origin()).isEqualTo("in memory");
  }

  @Test
  void reload_nothingChanged_keepsTheSameSessions() throws Exception {
    write(first, ONE);
    ModelStore opened = open();
    OnnxModel before = opened.snapshot().get(Synthetic.SYMBOL);
    opened.reload();
    assertThat(opened.snapshot().get(Synthetic.SYMBOL)).isSameAs(before);
  }

  @Test
  void open_otherThingsLyingAround_passedOver() throws Exception {
    write(first, ONE);
    Files.createDirectories(first.resolve("synthetic/notes"));
    Files.createDirectories(first.resolve("../" + first.getFileName() + "/UPPER/1"));
    Files.writeString(first.resolve("readme.txt"), "x");
    assertThat(open().statuses()).hasSize(1);
  }

  @Test
  void open_defaultModels_allAccepted() throws Exception {
    ModelStore opened = ModelStore.open(List.of(first));
    store = opened;
    assertThat(opened.symbols()).containsExactlyInAnyOrder("EURUSD", "BTCUSD");
    assertThat(opened.statuses())
        .allSatisfy(status -> assertThat(status.refusal()).isEmpty())
        .allSatisfy(status -> assertThat(status.verdict()).isNotEmpty());
  }

  @Test
  void open_activationsUnreadable_refused() throws Exception {
    Files.writeString(first.resolve("active"), "nonsense\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(ModelRefused.class)
        .hasMessageContaining("must be: name/version sha256");
  }

  private ModelStore open() throws ModelRefused {
    ModelStore opened =
        ModelStore.open(
            List.of(new ModelSource.Folder(first), new ModelSource.Folder(second)), first);
    store = opened;
    return opened;
  }

  private static ModelId active(ModelStore store) {
    return store.statuses().stream()
        .filter(ModelStatus::active)
        .map(ModelStatus::id)
        .findFirst()
        .orElseThrow();
  }

  private static void write(Path folder, ModelId id) throws Exception {
    ModelWriter.write(folder, id, Synthetic.files(id), "");
  }

  private void breakHead(ModelId id) throws Exception {
    Path head = first.resolve(id.toString()).resolve("head.onnx");
    byte[] bytes = Files.readAllBytes(head);
    bytes[bytes.length - 1] ^= 1;
    Files.write(head, bytes);
  }
}
