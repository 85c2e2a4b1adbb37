package io.sub30.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The faults that are injected, for tests and drills.
 *
 * @param enabled whether any may be injected; without it the switch cannot be turned on at run time
 *     either
 * @param points what is injected from the start, by point; points without an entry have none
 */
public record FaultsConfig(boolean enabled, Map<String, FaultSpec> points) {

  /** Where faults can be injected: each is a key below {@code faults}. */
  public static final List<String> POINTS =
      List.of(
          "data_bridge", "ml", "trading", "database", "postgres", "replica", "redis", "columnar");

  /** No faults, and no switch to turn them on. */
  public static final FaultsConfig OFF = new FaultsConfig(false, Map.of());

  public FaultsConfig {
    points = Collections.unmodifiableMap(new LinkedHashMap<>(points));
  }

  static FaultsConfig from(ConfigReader in, Preset preset) {
    boolean enabled = in.flag("faults.enabled");
    if (enabled && preset == Preset.PRODUCTION) {
      throw in.refuse("faults.enabled", "false under preset production, which allows no drills");
    }
    Map<String, FaultSpec> points = new LinkedHashMap<>();
    for (String point : POINTS) {
      String key = "faults." + point;
      String text = in.text(key);
      if (text.isEmpty()) {
        continue;
      }
      points.put(point, spec(in, key, text));
      if (!enabled) {
        throw in.refuse(key, "empty unless faults.enabled is true");
      }
    }
    return new FaultsConfig(enabled, points);
  }

  private static FaultSpec spec(ConfigReader in, String key, String text) {
    try {
      return FaultSpec.parse(text);
    } catch (IllegalArgumentException e) {
      throw in.refuse(key, FaultSpec.FORM + " (" + e.getMessage() + ")");
    }
  }
}
