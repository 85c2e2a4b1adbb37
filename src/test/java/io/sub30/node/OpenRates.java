package io.sub30.node;

import io.sub30.budget.Tier;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Rates that no test reaches, for those that are about something else. */
public final class OpenRates {

  private static final String RATE = "100000";

  private OpenRates() {}

  /** Those configuration keys, under the rates of this class. */
  public static Map<String, String> under(Map<String, String> options) {
    Map<String, String> all = new LinkedHashMap<>();
    for (Tier tier : Tier.values()) {
      all.put("rates." + tier.label() + ".per_second", RATE);
      all.put("rates." + tier.label() + ".burst", RATE);
    }
    all.putAll(options);
    return all;
  }

  /** The same as variables of a process. */
  public static Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    under(Map.of())
        .forEach(
            (key, value) ->
                variables.put("SUB30_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
    return variables;
  }
}
