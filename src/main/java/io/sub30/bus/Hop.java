package io.sub30.bus;

import io.sub30.budget.PathShape;
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

  /**
   * The hop of that ordinal, as it travels on the wire.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Hop ofOrdinal(int ordinal) {
    if (ordinal < 0 || ordinal >= BY_ORDINAL.length) {
      throw new IllegalArgumentException("no hop has the number " + ordinal);
    }
    return BY_ORDINAL[ordinal];
  }

  /** The names of all lines, in order. */
  public static List<String> lines() {
    return Arrays.stream(values()).map(Hop::line).toList();
  }

  /** How a batch passes the lines. The hub is asked before the lane is reached. */
  public static PathShape path() {
    return new PathShape(
        List.of(CLIENT_GATEWAY.ordinal(), API_GATEWAY.ordinal(), CENTRAL_HUB.ordinal()),
        List.of(
            new PathShape.Step(DATA_BRIDGE.ordinal(), true),
            new PathShape.Step(ML_PROCESSING.ordinal(), false),
            new PathShape.Step(TRADING_ENGINE.ordinal(), false),
            new PathShape.Step(DATABASE_SERVICE.ordinal(), true)),
        RESPONSE_ASSEMBLY.ordinal());
  }

  /** Whether the plan has exactly these lines, in this order. */
  public static boolean matches(Plan plan) {
    return plan.lines().stream().map(Plan.Line::name).toList().equals(lines());
  }
}
