package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What can be said about docker/ without an engine. */
class ComposeFileTest {

  private static final Path DOCKER = Path.of("docker");

  /** A tag that names a full version: at least two numbers. */
  private static final Pattern PINNED = Pattern.compile("[^:\\s]+:v?\\d+\\.\\d+[\\w.-]*");

  /** The environment gives it, and without it nothing starts. */
  private static final Pattern REQUIRED_VARIABLE = Pattern.compile("\\$\\{[A-Z_]+:\\?[^}]+}");

  private static Map<String, Object> compose;
  private static Map<String, Object> services;

  @BeforeAll
  static void read() throws IOException {
    compose = yaml("compose.yaml");
    services = map(compose.get("services"));
  }

  @Test
  void services_areTheProcessAndItsServers() {
    assertThat(services)
        .containsOnlyKeys(
            "sub30",
            "postgres",
            "postgres-replica",
            "dragonfly",
            "clickhouse",
            "prometheus",
            "alertmanager",
            "grafana");
  }

  @Test
  void images_arePinnedToAVersion() {
    assertThat(services)
        .allSatisfy((name, s) -> assertThat(map(s).get("image")).asString().matches(PINNED));
    assertThat(map(services.get("postgres")).get("image"))
        .asString()
        .startsWith("postgres:" + PostgresBinaries.VERSION)
        .isEqualTo(map(services.get("postgres-replica")).get("image"));
  }

  @Test
  void services_haveHealthchecksAndLimits() {
    assertThat(services)
        .allSatisfy(
            (name, s) -> {
              assertThat(map(map(s).get("healthcheck")))
                  .containsKeys("test", "interval", "timeout", "retries", "start_period");
              Map<String, Object> resources = map(map(map(s).get("deploy")).get("resources"));
              assertThat(map(resources.get("limits"))).containsKeys("cpus", "memory", "pids");
              assertThat(list(map(s).get("security_opt"))).contains("no-new-privileges:true");
            });
  }

  @Test
  void ports_arePublishedOnLoopbackOnlyAndNotTwice() {
    List<String> ports = services.values().stream().flatMap(s -> strings(s, "ports")).toList();

    assertThat(ports).allMatch(port -> port.startsWith("127.0.0.1:"));
    assertThat(ports.stream().map(port -> port.split(":")[1])).doesNotHaveDuplicates();
    assertThat(strings(services.get("sub30"), "ports"))
        .containsExactly("127.0.0.1:8080:8080", "127.0.0.1:9090:9090");
  }

  @Test
  void stores_publishNothingAndHaveNoWayOut() {
    assertThat(map(map(compose.get("networks")).get("stores"))).containsEntry("internal", true);
    for (String store : List.of("postgres", "postgres-replica", "dragonfly", "clickhouse")) {
      assertThat(map(services.get(store)))
          .doesNotContainKey("ports")
          .containsEntry("networks", List.of("stores"));
    }
  }

  @Test
  void passwords_comeFromTheEnvironmentOrFilesAndHaveNoDefault() throws IOException {
    services.forEach(
        (name, s) ->
            map(map(s).getOrDefault("environment", Map.of()))
                .forEach((key, value) -> assertNoPlainSecret(name + "." + key, key, value)));
    assertThat(map(compose.get("secrets")).values())
        .allSatisfy(secret -> assertThat(map(secret)).containsOnlyKeys("environment"));
    // Any other way to write a variable would let it be empty or have a default.
    String text = Files.readString(DOCKER.resolve("compose.yaml")).replaceAll("(?m)^#.*$", "");
    assertThat(REQUIRED_VARIABLE.matcher(text).replaceAll("").replace("$$", ""))
        .doesNotContain("$");
  }

  private static void assertNoPlainSecret(String where, String key, Object value) {
    String text = String.valueOf(value);
    if (key.matches("(?i).*(PASSWORD|requirepass)")) {
      assertThat(text).as(where).matches(REQUIRED_VARIABLE);
    }
    if (key.matches(".*PASSWORD_+FILE")) {
      assertThat(text).as(where).startsWith("/run/secrets/");
    }
    if (text.contains("://")) {
      assertThat(REQUIRED_VARIABLE.matcher(text).replaceAll("")).as(where).matches(".*:@.*");
    }
  }

  @Test
  void references_allLeadSomewhere() {
    Set<String> volumes = new TreeSet<>(map(compose.get("volumes")).keySet());
    Set<String> used = new TreeSet<>();
    services.forEach(
        (name, s) -> {
          assertThat(map(compose.get("networks")).keySet())
              .containsAll(strings(s, "networks").toList());
          assertThat(map(compose.get("secrets")).keySet())
              .containsAll(strings(s, "secrets").toList());
          strings(s, "volumes")
              .forEach(
                  volume -> {
                    String source = volume.split(":")[0];
                    if (source.startsWith(".")) {
                      assertThat(DOCKER.resolve(source)).as(name).exists();
                      assertThat(volume).endsWith(":ro");
                    } else {
                      used.add(source);
                    }
                  });
          map(map(s).getOrDefault("depends_on", Map.of()))
              .forEach(
                  (other, condition) -> {
                    assertThat(services).containsKey(other);
                    assertThat(map(condition)).containsEntry("condition", "service_healthy");
                  });
        });
    assertThat(used).isEqualTo(volumes);
  }

  @Test
  void clickHouse_laidOver_isWaitedForAndNamedWithItsPassword() throws IOException {
    Map<String, Object> over = map(map(yaml("clickhouse.yaml").get("services")).get("sub30"));

    assertThat(map(over.get("depends_on"))).containsOnlyKeys("clickhouse");
    assertThat(services).containsKey("clickhouse");
    assertThat(map(over.get("environment"))).containsOnlyKeys("SUB30_CLICKHOUSE_URI");
    map(over.get("environment"))
        .forEach((key, value) -> assertNoPlainSecret("sub30." + key, key, value));
  }

  @Test
  void sub30_waitsForItsStoresAndIsToldWhereTheyAre() {
    Map<String, Object> sub30 = map(services.get("sub30"));

    assertThat(map(sub30.get("depends_on"))).containsOnlyKeys("postgres", "dragonfly");
    assertThat(map(sub30.get("environment")))
        .containsOnlyKeys(
            "SUB30_HTTP_PORT",
            "SUB30_OPS_PORT",
            "SUB30_OPS_HOST",
            "SUB30_POSTGRES_URI",
            "SUB30_POSTGRES_REPLICAS",
            "SUB30_REDIS_URI");
    assertThat(sub30).containsEntry("read_only", true).containsEntry("cap_drop", List.of("ALL"));
  }

  @Test
  void postgres_isDurable() {
    assertThat(strings(services.get("postgres"), "command"))
        .contains("fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_level=replica");
  }

  @Test
  void scripts_areExecutable() {
    assertThat(DOCKER.resolve("postgres/10-sub30.sh")).isExecutable();
    assertThat(DOCKER.resolve("postgres/replica.sh")).isExecutable();
  }

  @Test
  void prometheus_scrapesTheOperationsPortAndTellsAlertmanager() throws IOException {
    Map<String, Object> prometheus = yaml("prometheus/prometheus.yaml");

    assertThat(prometheus.get("scrape_configs"))
        .asString()
        .contains("sub30:9090", "credentials_file=/run/secrets/operator_token");
    assertThat(strings(services.get("prometheus"), "secrets")).containsExactly("operator_token");
    assertThat(prometheus.get("alerting")).asString().contains("alertmanager:9093");
    assertThat(yaml("alertmanager/alertmanager.yaml")).containsKeys("route", "receivers");
    assertThat(yaml("grafana/datasources.yaml").get("datasources"))
        .asString()
        .contains("http://prometheus:9090");
  }

  @Test
  void dockerfile_isPinnedUnprivilegedAndStartsTheJvmItself() throws IOException {
    String text = Files.readString(DOCKER.resolve("Dockerfile")).replace("\\\n", " ");
    List<String> from = new ArrayList<>();
    Pattern.compile("(?m)^FROM (\\S+)")
        .matcher(text)
        .results()
        .map(ComposeFileTest::first)
        .forEach(from::add);

    assertThat(from).hasSize(2).allMatch(image -> PINNED.matcher(image).matches());
    assertThat(from).allMatch(image -> image.contains("17"));
    assertThat(text)
        .containsPattern("(?m)^USER 10001:10001$")
        .containsPattern("(?m)^EXPOSE 8080 9090$")
        .containsPattern("(?m)^VOLUME /data$")
        .containsPattern("(?m)^HEALTHCHECK .*http://127.0.0.1:9090/health/live")
        .containsPattern("(?m)^ENTRYPOINT \\[\"java\", .*\"-jar\", \"/app/sub30.jar\"]$")
        .containsPattern("(?m)^CMD \\[\"run\", \"--data\", \"/data\"]$");
  }

  private static String first(MatchResult match) {
    return match.group(1);
  }

  private static Map<String, Object> yaml(String file) throws IOException {
    String text = Files.readString(DOCKER.resolve(file));
    return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(@Nullable Object value) {
    assertThat(value).isInstanceOf(List.class);
    return (List<Object>) Objects.requireNonNull(value);
  }

  private static Stream<String> strings(@Nullable Object service, String key) {
    return list(map(service).getOrDefault(key, List.of())).stream().map(String::valueOf);
  }
}
