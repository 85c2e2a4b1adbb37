package io.sub30.bus;

import io.sub30.budget.Plan;
import java.util.Arrays;
import java.util.List;

/**
 * The budget lines by name. Their order is the order of the plan, so a hop's ordinal is its line in
 * a ledger.
 */
public enum Hop {
  CLIENT_GATEWAY("client_gateway"),
  API_GATEWAY("api_gateway"),
  DATA_BRIDGE("data_bridge"),
  DATABASE_SERVICE("database_service"),
  ML_PROCESSING("ml_processing"),
  TRADING_ENGINE("trading_engine"),
  CENTRAL_HUB("central_hub"),
  RESPONSE_ASSEMBLY("response_assembly"),
  NETWORK_BUFFER("network_buffer");

  private static final Hop[] BY_ORDINAL = values();

  private final String line;

  Hop(String line) {
    this.line = line;
  }

  /** The name of the budget line. */
  public String line() {
    return line;
  }

  /** The hop of that ordinal, as it travels on the wire. */
  static Hop ofOrdinal(int ordinal) {
    return BY_ORDINAL[ordinal];
  }

  /** The names of all lines, in order. */
  public static List<String> lines() {
    return Arrays.stream(values()).map(Hop::line).toList();
  }

  /** Whether the plan has exactly these lines, in this order. */
  public static boolean matches(Plan plan) {
    return plan.lines().stream().map(Plan.Line::name).toList().equals(lines());
  }
}
