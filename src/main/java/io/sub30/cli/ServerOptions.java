package io.sub30.cli;

import io.sub30.config.Sub30Config;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that serve. */
final class ServerOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Keys that differ from the defaults, in YAML; conf/sub30.yaml shows every one.")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Everything that is written lies here (default ./data).")
  private Path data = Path.of("data");

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description =
          "Event loops that carry the path, 1 to 256 (default: one a tier, more on larger"
              + " machines).")
  private @Nullable String lanes;

  Path data() {
    return data;
  }

  /**
   * The configuration: defaults, file, environment, then these options.
   *
   * @param further keys the command itself sets
   */
  Sub30Config load(Map<String, String> further) {
    Map<String, String> options = new TreeMap<>(further);
    if (lanes != null) {
      options.put("lanes.count", lanes);
    }
    return Sub30Config.load(Optional.ofNullable(config), System.getenv(), options);
  }
}
