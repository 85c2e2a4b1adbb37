package io.sub30.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.Tier;
import io.sub30.bus.Hop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class ConfigTest {

  @TempDir private Path folder;

  @Test
  void load_nothingGiven_isTheDocumentedDefault() {
    Sub30Config config = load(Map.of());

    assertThat(config.http())
        .isEqualTo(
            new HttpConfig(
                "0.0.0.0",
                8080,
                0,
                4 << 20,
                Duration.ofSeconds(60),
                100,
                16 << 10,
                Optional.empty(),
                new HttpConfig.Limits(
                    20_000,
                    1_000,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30)),
                new EdgeCacheConfig(Duration.ofSeconds(1), 16 << 20),
                false,
                false));
    assertThat(config.ops()).isEqualTo(new OpsConfig("127.0.0.1", 9090));
    assertThat(config.auth())
        .isEqualTo(
            new AuthConfig(
                "sub30",
                "sub30-api",
                Duration.ofSeconds(30),
                10_000,
                EnumSet.allOf(TokenAlgorithm.class),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(60)));
    assertThat(config.dataBridge()).isEqualTo(DataBridgeConfig.defaults());
    assertThat(config.database().postgres()).isEmpty();
    assertThat(config.database().redis()).isEmpty();
    assertThat(config.database().reads())
        .isEqualTo(
            new DatabaseConfig.Reads(List.of(), Duration.ofSeconds(2), Duration.ofSeconds(60)));
    assertThat(config.database().columnar().memoryLimitBytes()).isEqualTo(256L << 20);
    assertThat(config.warmUp()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.pulse()).isEqualTo(Duration.ofMillis(100));
    assertThat(config.tracking()).isTrue();
    assertThat(config.recording()).isTrue();
    assertThat(config.lanes()).isZero();
    assertThat(config.preset()).isEqualTo(Preset.DEVELOPMENT);
    assertThat(config.faults()).isEqualTo(FaultsConfig.OFF);
    assertThat(config.breakers().postgres()).isEqualTo(BreakerLimits.DEFAULT);
    assertThat(config.breakers().model())
        .isEqualTo(new BreakerLimits(10_000_000_000L, 20, 50, 80, 8_000_000, 500, 3));
  }

  @Test
  void load_nothingGiven_splitsThirtyMillisOverTheHops() {
    Sub30Config config = load(Map.of());

    assertThat(Hop.matches(config.plan())).isTrue();
    assertThat(config.plan().totalNanos(Tier.ENTERPRISE)).isEqualTo(30_000_000);
    assertThat(config.plan().totalNanos(Tier.PRO)).isEqualTo(100_000_000);
    assertThat(config.plan().totalNanos(Tier.FREE)).isEqualTo(1_000_000_000);
  }

  @Test
  void packaged_isTheFileOfTheRepository() throws IOException {
    assertThat(Sub30Config.packaged("/conf/sub30.yaml"))
        .isEqualTo(Files.readString(Path.of("conf/sub30.yaml")));
  }

  /** Nothing is declared that is not read: nonsense is refused, or is found in the record. */
  @ParameterizedTest
  @MethodSource("keys")
  void load_nonsenseForAKey_isRefusedOrTaken(String key) {
    String nonsense = "x;y";
    Sub30Config config;
    try {
      config = load(Map.of(key, nonsense));
    } catch (ConfigException refused) {
      assertThat(refused).hasMessageContaining(key).hasMessageContaining("the command line");
      return;
    }
    assertThat(config.toString()).contains(nonsense);
  }

  static Stream<String> keys() throws IOException {
    List<String> keys = new ArrayList<>();
    collect(new Yaml().load(Files.readString(Path.of("conf/sub30.yaml"))), "", keys);
    assertThat(keys).hasSizeGreaterThan(50);
    return keys.stream();
  }

  private static void collect(Object value, String key, List<String> keys) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, inner) -> collect(inner, key.isEmpty() ? "" + name : key + "." + name, keys));
    } else {
      keys.add(key);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http.tls.certificate | a.pem | empty, or have its key in http.tls.key",
        "http.tls.key | a.pem | empty, or have its certificate in http.tls.certificate",
        "http.tls.refresh | 0s | a duration with a unit",
        "http.edge_cache.max_age | 1500ms | whole seconds, or 0s",
        "http.edge_cache.max_age | 61s | from 0ms to 60s",
        "http.edge_cache.max_bytes | 1KiB | from 65536 B",
        "auth.algorithms | none | a list, separated by commas, of ES256, RS256, EdDSA",
        "auth.algorithms | ES256,HS256 | a list, separated by commas, of ES256, RS256, EdDSA",
        "auth.algorithms | es256 | a list, separated by commas, of ES256, RS256, EdDSA",
        "auth.algorithms | RS256 | a list with ES256 unless auth.jwks names other keys",
        "auth.jwks | http://idp.example/jwks | a file or https://host/path",
        "auth.jwks | http://127.0.0.1.example/jwks | a file or https://host/path",
        "auth.jwks | ftp://idp.example/jwks | a file or https://host/path",
        "auth.jwks | https:///jwks | a file or https://host/path",
        "auth.refresh | 0s | a duration with a unit",
        "http.port | 65536 | a whole number from 0 to 65535",
        "http.port | -1 | a whole number from 0 to 65535",
        "http.port | 80.5 | a whole number from 0 to 65535",
        "http.port | 99999999999 | a whole number from 0 to 65535",
        "http.enterprise_port | 65536 | a whole number from 0 to 65535",
        "http.enterprise_port | 8080 | another one, or 0",
        "http.max_body | 4 | a size with a unit (B, KiB, MiB, GiB)",
        "http.max_body | 4MB | a size with a unit (B, KiB, MiB, GiB)",
        "http.max_body | 1023B | from 1024 B to 67108864 B",
        "http.max_body | 65MiB | from 1024 B to 67108864 B",
        // 2^34 + 1 GiB: in 64 bits the same as 1 GiB
        "columnar.memory_limit | 17179869185GiB | a size with a unit",
        "http.idle_timeout | 60 | a duration with a unit (us, ms, s, m, h) from 1s to 1h",
        "http.idle_timeout | 1.5s | a duration with a unit",
        "http.idle_timeout | 999ms | from 1s to 1h",
        "http.idle_timeout | 61m | from 1s to 1h",
        "http.idle_timeout | 999999999999h | from 1s to 1h",
        "database.commit_timeout | 4ms | from 5ms to 60s",
        "database.when_down | wait | refuse or spool",
        "database.spool_max | 1023KiB | from 1048576 B to 1099511627776 B",
        "budget.tiers.enterprise | 0ms | from 1us to 1h",
        "breakers.failure_rate | 0 | a whole number from 1 to 100",
        "breakers.failure_rate | 101 | a whole number from 1 to 100",
        "breakers.slow_rate | 80% | a whole number from 1 to 100",
        "breakers.min_calls | 0 | a whole number from 1 to 1000000",
        "rates.free.per_second | 0 | a whole number from 1 to 1000000",
        "rates.free.per_second | 1.5 | a whole number from 1 to 1000000",
        "rates.pro.burst | 9 | a whole number from 10 to 1000000",
        "rates.free.max_wait | 10001ms | from 0ms to 10s",
        "rates.free.max_wait | 1 | a duration with a unit",
        "rates.waiting | 0 | a whole number from 1 to 65536",
        "rates.waiting_per_tenant | 1025 | a whole number from 1 to 1024",
        "rates.max_tenants | 0 | a whole number from 1 to 10000000",
        "rates.processes | 65 | a whole number from 1 to 64",
        "rates.processes | 2 | 1 unless redis.uri names the Redis that all of them use",
        "breakers.window | 999ms | from 1s to 600s",
        "breakers.reset | 9ms | from 10ms to 60s",
        "breakers.probes | 0 | a whole number from 1 to 100",
        "breakers.postgres.slow | 99us | from 100us to 60s",
        "budget.tracking | yes | true or false",
        "budget.record | 1 | true or false",
        "node.pulse | 9ms | 0s, or at least 10ms",
        "node.pulse | 2m | a duration with a unit (us, ms, s, m, h) from 0",
        "lanes.count | 257 | a whole number from 0 to 256",
        "auth.issuer | '' | a value",
        "preset | live | development, bench or production",
        "preset | '' | development, bench or production",
        "faults.enabled | on | true or false",
        "faults.ml | delay=50 | a fault like delay=50ms or delay=50ms,distribution=exponential",
        "faults.ml | delay=50 | (delay is 50, it must be a duration with a unit (us, ms, s)",
      })
  void load_outOfRange_saysWhatWouldBeRight(String key, String value, String range) {
    assertThatThrownBy(() -> load(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(key + " is " + (value.isEmpty() ? "empty" : value))
        .hasMessageContaining("it must be ")
        .hasMessageContaining(range);
  }

  @ParameterizedTest
  @CsvSource({"1KiB, 1024", "64MiB, 67108864", "2048B, 2048"})
  void load_sizeAtABound_isTaken(String value, int bytes) {
    assertThat(load(Map.of("http.max_body", value)).http().maxBodyBytes()).isEqualTo(bytes);
  }

  @Test
  void load_linesThatDoNotAddUp_areRefusedWithBothSums() {
    assertThatThrownBy(() -> load(Map.of("budget.lines.ml_processing", "9ms")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("budget.lines")
        .hasMessageContaining("31 ms")
        .hasMessageContaining("30 ms");
    assertThatThrownBy(() -> load(Map.of("budget.total", "29ms")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("29 ms");
  }

  @Test
  void load_linesMovedWithinTheTotal_areTaken() {
    Sub30Config config =
        load(Map.of("budget.lines.ml_processing", "7ms", "budget.lines.network_buffer", "4ms"));

    assertThat(config.plan().lineNanos(Tier.ENTERPRISE, Hop.ML_PROCESSING.ordinal()))
        .isEqualTo(7_000_000);
  }

  @Test
  void load_unknownKey_isRefusedNamingACloseOneAndWhereItStands() throws IOException {
    Path file = write("http:\n  prot: 8081\n");
    assertThatThrownBy(() -> Sub30Config.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown key http.prot in " + file + "; did you mean http.port?");
    assertThatThrownBy(
            () -> Sub30Config.load(Optional.empty(), Map.of("SUB30_HTTP_PROT", "1"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("SUB30_HTTP_PROT")
        .hasMessageContaining("did you mean SUB30_HTTP_PORT?");
    assertThatThrownBy(() -> load(Map.of("lane.count", "2")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("lane.count")
        .hasMessageContaining("did you mean lanes.count?");
  }

  @Test
  void load_unknownTier_isRefused() {
    assertThatThrownBy(() -> load(Map.of("budget.tiers.premium", "30ms")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown key budget.tiers.premium");
  }

  @Test
  void load_eachLayer_overridesTheOneBefore() throws IOException {
    Path file = write("http: {port: 1001, max_streams: 11, host: '::1'}\n");
    Sub30Config config =
        Sub30Config.load(
            Optional.of(file),
            Map.of("SUB30_HTTP_PORT", "1002", "SUB30_HTTP_MAX_STREAMS", "12", "HOME", "/x"),
            Map.of("http.port", "1003"));

    assertThat(config.http().port()).isEqualTo(1003);
    assertThat(config.http().maxStreams()).isEqualTo(12);
    assertThat(config.http().host()).isEqualTo("::1");
    assertThat(config.ops().port()).isEqualTo(9090);
  }

  @Test
  void load_aVariableOfTheClient_isNotAKey() {
    Map<String, String> environment = Map.of("SUB30_TOKEN", "t", "SUB30_LOG_LEVEL", "debug");
    assertThat(Sub30Config.load(Optional.empty(), environment, Map.of()).http().port())
        .isEqualTo(8080);
  }

  @Test
  void load_badValueFromTheEnvironment_namesTheVariable() {
    assertThatThrownBy(
            () -> Sub30Config.load(Optional.empty(), Map.of("SUB30_OPS_PORT", "many"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ops.port is many in the environment variable SUB30_OPS_PORT");
  }

  @Test
  void load_uris_areTakenWithTheirPasswords() {
    Sub30Config config =
        load(
            Map.of(
                "postgres.uri", "postgresql://u:pw@db:5433/sub30",
                "redis.uri", "redis://:pw@cache:6380"));

    assertThat(config.database().postgres()).map(uri -> uri.getPort()).contains(5433);
    assertThat(config.database().redis()).map(uri -> uri.getHost()).contains("cache");
  }

  @Test
  void load_clickHouse_isTakenAndNotShown() {
    assertThat(load(Map.of()).database().columnar().clickHouse()).isEmpty();
    DatabaseConfig.Columnar columnar =
        load(Map.of("clickhouse.uri", "http://u:s3cret@h:8123/ticks")).database().columnar();
    assertThat(columnar.clickHouse()).hasValue(java.net.URI.create("http://u:s3cret@h:8123/ticks"));
    assertThat(columnar.toString()).contains("ClickHouse").doesNotContain("s3cret");
  }

  @Test
  void load_clickHouseThatIsNone_isRefusedWithoutItsPassword() {
    for (String uri :
        List.of(
            "http://u:s3cret@h/a;b",
            "http://u:s3cret@h/a/b",
            "http://u:s3cret@h/1a",
            "https://u:s3cret@h/a",
            "u:s3cret@h")) {
      assertThatThrownBy(() -> load(Map.of("clickhouse.uri", uri)))
          .as(uri)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("clickhouse.uri")
          .hasMessageNotContaining("s3cret");
    }
  }

  @Test
  void load_replicas_areTakenInOrderAndNotShown() {
    String eight =
        "postgresql://u:hunter2@r1/x, postgres://u:hunter2@r2:5433/x"
            + ",postgresql://u:hunter2@r/x".repeat(6);
    DatabaseConfig.Reads reads = load(Map.of("postgres.replicas", eight)).database().reads();

    assertThat(reads.replicas()).hasSize(8);
    assertThat(reads.replicas().get(0).getHost()).isEqualTo("r1");
    assertThat(reads.replicas().get(1).getPort()).isEqualTo(5433);
    assertThat(reads.toString()).doesNotContain("hunter2").contains("8 replicas");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u:hunter2@a/x,mysql://u:hunter2@b/x | number 2 of 2",
        "postgresql://u:hunter2@a/x, | number 2 of 2",
        ",postgresql://u:hunter2@a/x | number 1 of 2",
        "postgresql://u:hunter2@ | number 1 of 1"
      })
  void load_badReplica_isRefusedWithoutShowingIt(String uris, String place) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> load(Map.of("postgres.replicas", uris)));

    assertThat(refused)
        .hasMessageContaining("postgres.replicas, " + place)
        .hasMessageContaining("postgresql://user:password@host:port/name");
    assertThat(refused.toString()).doesNotContain("hunter2");
  }

  @Test
  void load_moreReplicasThanAllowed_isRefusedNamingTheBound() {
    String nine = "postgresql://u:hunter2@r/x,".repeat(8) + "postgresql://u:hunter2@r/x";
    assertThatThrownBy(() -> load(Map.of("postgres.replicas", nine)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("postgres.replicas")
        .hasMessageContaining("lists 9 URIs; it must list at most 8")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:hunter2@db/x",
        "postgresql://u:hunter2@",
        "postgresql://u:hunter2 @db/x",
        "u:hunter2@db",
        "postgresql:u:hunter2@db"
      })
  void load_badUri_isRefusedWithoutShowingIt(String uri) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> load(Map.of("postgres.uri", uri)));

    assertThat(refused)
        .hasMessageContaining("postgres.uri")
        .hasMessageContaining("postgresql://user:password@host:port/name");
    for (Throwable t = refused; t != null; t = t.getCause()) {
      assertThat(t.toString()).doesNotContain("hunter2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http: {port: 1", // not closed
        "http: {port: 1}\nhttp: {port: 2}", // twice
        "- a\n- b", // a list
        "postgres.uri=postgresql://u:hunter2@db/x", // properties
        "a: &a {b: 1}\nc: *a", // an alias
        "http: {host: \u0007}", // a control character
        "http: {port: [8080]}", // a list for a value
        "http: !!java.net.URL [\"http://h\"]" // a class
      })
  void load_notAConfiguration_isRefusedInOneLineNamingTheFile(String text) throws IOException {
    Path file = write(text);
    assertThatThrownBy(() -> Sub30Config.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file.toString())
        .message()
        .doesNotContain("hunter2")
        .hasLineCount(1);
  }

  @Test
  void load_unreadableFile_isRefused() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    Path binary = folder.resolve("latin1.yaml");
    Files.write(binary, "node: {name: é}".getBytes(StandardCharsets.ISO_8859_1));
    for (Path file : List.of(missing, binary, folder)) {
      assertThatThrownBy(() -> Sub30Config.load(Optional.of(file), Map.of(), Map.of()))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "cannot read the configuration file "
                  + file
                  + ": it must be a readable UTF-8 text file");
    }
  }

  @Test
  void load_emptyFile_changesNothing() throws IOException {
    Path file = write("# nothing\n");
    assertThat(Sub30Config.load(Optional.of(file), Map.of(), Map.of()).http())
        .isEqualTo(load(Map.of()).http());
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("sub30.yaml"), text);
  }

  private static Sub30Config load(Map<String, String> options) {
    return Sub30Config.load(Optional.empty(), Map.of(), options);
  }
}
