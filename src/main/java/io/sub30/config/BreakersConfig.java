package io.sub30.config;

import io.sub30.budget.BreakerLimits;
import java.time.Duration;

/**
 * When each dependency is not asked any more. Everything but what counts as slow is common to all.
 *
 * @param postgres commits; a lane scales its slow limit to what its tier has time for
 * @param postgresReads look-ups, opened cells, checkpoints and lists
 * @param replica reads of each replica
 * @param redis the cache behind the process
 * @param columnar the relay's appends
 * @param model each model, on each lane
 */
public record BreakersConfig(
    BreakerLimits postgres,
    BreakerLimits postgresReads,
    BreakerLimits replica,
    BreakerLimits redis,
    BreakerLimits columnar,
    BreakerLimits model) {

  static BreakersConfig from(ConfigReader in) {
    BreakerLimits common =
        new BreakerLimits(
            in.duration("breakers.window", Duration.ofSeconds(1), Duration.ofMinutes(10)).toNanos(),
            in.integer("breakers.min_calls", 1, 1_000_000),
            in.integer("breakers.failure_rate", 1, 100),
            in.integer("breakers.slow_rate", 1, 100),
            BreakerLimits.DEFAULT.slowNanos(),
            (int)
                in.duration("breakers.reset", Duration.ofMillis(10), Duration.ofMinutes(1))
                    .toMillis(),
            in.integer("breakers.probes", 1, 100));
    return new BreakersConfig(
        slow(in, common, "postgres"),
        slow(in, common, "postgres_reads"),
        slow(in, common, "replica"),
        slow(in, common, "redis"),
        slow(in, common, "columnar"),
        slow(in, common, "model"));
  }

  private static BreakerLimits slow(ConfigReader in, BreakerLimits common, String dependency) {
    String key = "breakers." + dependency + ".slow";
    return common.withSlow(
        in.duration(key, Duration.ofNanos(100_000), Duration.ofMinutes(1)).toNanos());
  }
}
