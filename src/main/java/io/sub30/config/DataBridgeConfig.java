package io.sub30.config;

import java.time.Duration;

/**
 * The bounds of the data bridge.
 *
 * @param maxTenants tenants of one lane, 1 to 1,000,000; a further one is refused until another is
 *     forgotten
 * @param maxTerminals terminals of a tenant, 1 to 10,000; a further one takes the place of the
 *     longest silent
 * @param maxSymbols symbols of a terminal, 1 to 10,000; ticks of a further one are rejected
 * @param futureMillis how far a tick may be ahead of its arrival, 0 to 1 day
 * @param maxAgeMillis how far a tick may be behind its arrival; 0 for no limit, which replaying
 *     history needs
 * @param jumpPersistTicks the how-manieth tick in a row at a new level is believed, 1 to 1,000; 1
 *     turns the rule off
 */
public record DataBridgeConfig(
    int maxTenants,
    int maxTerminals,
    int maxSymbols,
    long futureMillis,
    long maxAgeMillis,
    int jumpPersistTicks) {

  private static final long DAY_MILLIS = 86_400_000;

  /**
   * @throws IllegalArgumentException naming the key, the value and the range
   */
  public DataBridgeConfig {
    within("max_tenants", maxTenants, 1, 1_000_000);
    within("max_terminals", maxTerminals, 1, 10_000);
    within("max_symbols", maxSymbols, 1, 10_000);
    within("future", futureMillis, 0, DAY_MILLIS);
    within("max_age", maxAgeMillis, 0, Long.MAX_VALUE);
    within("jump_persist_ticks", jumpPersistTicks, 1, 1_000);
  }

  /** What is used when nothing is configured. */
  public static DataBridgeConfig defaults() {
    return new DataBridgeConfig(10_000, 64, 256, 60_000, 0, 5);
  }

  static DataBridgeConfig from(ConfigReader in) {
    return new DataBridgeConfig(
        in.integer("data_bridge.max_tenants", 1, 1_000_000),
        in.integer("data_bridge.max_terminals", 1, 10_000),
        in.integer("data_bridge.max_symbols", 1, 10_000),
        in.duration("data_bridge.future", Duration.ZERO, Duration.ofDays(1)).toMillis(),
        in.duration("data_bridge.max_age", Duration.ZERO, Duration.ofDays(36_500)).toMillis(),
        in.integer("data_bridge.jump_persist_ticks", 1, 1_000));
  }

  private static void within(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "data_bridge." + key + " is " + value + " but must be " + least + " to " + most);
    }
  }
}
