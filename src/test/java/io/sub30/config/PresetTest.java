package io.sub30.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The presets of the repository, and which of them allow injected faults. */
class PresetTest {

  @ParameterizedTest
  @MethodSource("presets")
  void load_everyPreset_isTakenAndNamesItself(Path file) {
    Sub30Config config = Sub30Config.load(Optional.of(file), Map.of(), Map.of());

    assertThat(file.getFileName()).hasToString(config.preset().label() + ".yaml");
  }

  static Stream<Path> presets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("conf/presets"))) {
      List<Path> found = files.sorted().toList();
      assertThat(found)
          .extracting(file -> file.getFileName().toString())
          .containsExactly("bench.yaml", "production.yaml");
      return found.stream();
    }
  }

  @Test
  void load_faultsEnabled_areTaken() {
    Sub30Config config =
        load(
            Map.of(
                "faults.enabled", "true",
                "faults.ml", "delay=50ms",
                "faults.columnar", "fail=1"));

    assertThat(config.faults().enabled()).isTrue();
    assertThat(config.faults().points())
        .isEqualTo(
            Map.of("ml", FaultSpec.parse("delay=50ms"), "columnar", FaultSpec.parse("fail=1")));
    assertThat(config.withPorts(1, 2).faults()).isEqualTo(config.faults());
    assertThat(config.withPorts(1, 2).preset()).isEqualTo(config.preset());
  }

  @Test
  void load_aFaultThatIsNotEnabled_isRefused() {
    assertThatThrownBy(() -> load(Map.of("faults.redis", "delay=50ms")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "faults.redis is delay=50ms in the command line;"
                + " it must be empty unless faults.enabled is true");
  }

  @Test
  void load_faultsInProduction_areRefused() {
    Path production = Path.of("conf/presets/production.yaml");
    assertThatThrownBy(
            () ->
                Sub30Config.load(
                    Optional.of(production), Map.of("SUB30_FAULTS_ENABLED", "true"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "faults.enabled is true in the environment variable SUB30_FAULTS_ENABLED;"
                + " it must be false under preset production, which allows no drills");
    assertThat(load(Map.of("preset", "bench", "faults.enabled", "true")).faults().enabled())
        .isTrue();
  }

  private static Sub30Config load(Map<String, String> options) {
    return Sub30Config.load(Optional.empty(), Map.of(), options);
  }
}
