package io.sub30.budget;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The budget as it is specified, for tests. */
public final class Plans {

  public static final Map<Tier, Duration> TIERS =
      Map.of(
          Tier.FREE, Duration.ofMillis(1000),
          Tier.PRO, Duration.ofMillis(100),
          Tier.ENTERPRISE, Duration.ofMillis(30));

  private Plans() {}

  public static Plan specified() {
    return new Plan(lines(), Duration.ofMillis(30), TIERS);
  }

  /** Bridge, models, trading, store; gateway and hub before them, the response after. */
  static PathShape path() {
    return new PathShape(
        List.of(0, 1, 6),
        List.of(
            new PathShape.Step(2, true),
            new PathShape.Step(4, false),
            new PathShape.Step(5, false),
            new PathShape.Step(3, true)),
        7);
  }

  static List<Plan.Line> lines() {
    return List.of(
        line("client_gateway", 2),
        line("api_gateway", 1),
        line("data_bridge", 3),
        line("database_service", 5),
        line("ml_processing", 8),
        line("trading_engine", 4),
        line("central_hub", 2),
        line("response_assembly", 2),
        line("network_buffer", 3));
  }

  static Plan.Line line(String name, int millis) {
    return new Plan.Line(name, Duration.ofMillis(millis));
  }
}
