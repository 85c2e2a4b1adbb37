package io.sub30.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.RetentionConfig.Kept;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionConfigTest {

  private static RetentionConfig load(Map<String, String> environment) {
    return Sub30Config.load(Optional.empty(), environment, Map.of()).database().retention();
  }

  @Test
  void load_nothingGiven_keepsForEver() {
    RetentionConfig config = load(Map.of());
    assertThat(config.intake().isOn()).isFalse();
    assertThat(config.columnar().isOn()).isFalse();
    assertThat(config.intake().of("acme")).isZero();
    assertThat(config.intake().beforeMsc("acme", Long.MAX_VALUE)).isZero();
  }

  @Test
  void load_tenantsByEnvironment_overrideTheDefault() {
    Kept kept =
        load(Map.of(
                "SUB30_RETENTION_INTAKE", "720h",
                "SUB30_RETENTION_INTAKE_TENANTS", "acme=30d, b-1_x = 0s,9=1h"))
            .intake();
    assertThat(kept.isOn()).isTrue();
    assertThat(kept.of("acme")).isEqualTo(Duration.ofDays(30));
    assertThat(kept.of("b-1_x")).isZero();
    assertThat(kept.of("9")).isEqualTo(Duration.ofHours(1));
    assertThat(kept.of("else")).isEqualTo(Duration.ofHours(720));
  }

  @Test
  void load_eachStore_hasTimesOfItsOwn() {
    RetentionConfig config =
        load(
            Map.of(
                "SUB30_RETENTION_COLUMNAR", "36500d",
                "SUB30_RETENTION_COLUMNAR_TENANTS", "acme=1d"));
    assertThat(config.intake().isOn()).isFalse();
    assertThat(config.columnar().of("acme")).isEqualTo(Duration.ofDays(1));
    assertThat(config.columnar().of("else")).isEqualTo(Duration.ofDays(36_500));
  }

  @Test
  void load_oneTenantAlone_isOn() {
    assertThat(load(Map.of("SUB30_RETENTION_INTAKE_TENANTS", "acme=1h")).intake().isOn()).isTrue();
    assertThat(load(Map.of("SUB30_RETENTION_INTAKE_TENANTS", "acme=0s")).intake().isOn()).isFalse();
  }

  @Test
  void beforeMsc_clockAtItsStart_isNotNegative() {
    Kept kept = load(Map.of("SUB30_RETENTION_INTAKE", "1h")).intake();
    assertThat(kept.othersBeforeMsc(3_600_001)).isEqualTo(1);
    assertThat(kept.beforeMsc("acme", 3_600_000)).isZero();
    assertThat(kept.beforeMsc("acme", 0)).isZero();
  }

  @Test
  void load_moreTenantsThanTheBound_isRefused() {
    String most =
        IntStream.range(0, RetentionConfig.MAX_TENANTS)
            .mapToObj(i -> "t" + i + "=1d")
            .collect(Collectors.joining(","));
    assertThat(load(Map.of("SUB30_RETENTION_INTAKE_TENANTS", most)).intake().tenants())
        .hasSize(RetentionConfig.MAX_TENANTS);
    assertThatThrownBy(() -> load(Map.of("SUB30_RETENTION_INTAKE_TENANTS", most + ",more=1d")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("at most 1000 tenants");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1d", "59m", "36501d", "30", "d", "999999999999h", "for ever"})
  void load_badTime_isRefusedWithTheRange(String time) {
    assertThatThrownBy(() -> load(Map.of("SUB30_RETENTION_INTAKE", time)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention.intake is " + time)
        .hasMessageContaining("1h to 36500d");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "acme | separated by commas",
        "acme=30d, | separated by commas",
        "ACME=30d | separated by commas",
        "=30d | separated by commas",
        "acme=30d beta=1d | separated by commas",
        "acme=1s | separated by commas",
        "a'b=30d | separated by commas",
        "acme=30d,acme=31d | names acme once",
      })
  void load_badTenants_areRefused(String tenants, String message) {
    assertThatThrownBy(() -> load(Map.of("SUB30_RETENTION_INTAKE_TENANTS", tenants)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention.intake_tenants is ")
        .hasMessageContaining(message);
  }
}
