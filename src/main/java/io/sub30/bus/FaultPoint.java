package io.sub30.bus;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a fault can be injected: at the hops of a batch's path, and before each store. */
public enum FaultPoint {
  /** The answer of {@link Address#ENRICH}. */
  DATA_BRIDGE("data_bridge", Hop.DATA_BRIDGE, Address.ENRICH),
  /** The answer of {@link Address#PREDICT}. */
  ML("ml", Hop.ML_PROCESSING, Address.PREDICT),
  /** The answer of {@link Address#DECIDE}. */
  TRADING("trading", Hop.TRADING_ENGINE, Address.DECIDE),
  /** The answer of {@link Address#STORE}. */
  DATABASE("database", Hop.DATABASE_SERVICE, Address.STORE),
  /** The system of record: commits and reads. */
  POSTGRES("postgres", Hop.DATABASE_SERVICE, null),
  /** Reads from a replica of the system of record. */
  REPLICA("replica", Hop.DATABASE_SERVICE, null),
  /** The cache behind the process. */
  REDIS("redis", Hop.DATABASE_SERVICE, null),
  /** Appends to the columnar store; off every request's path. */
  COLUMNAR("columnar", Hop.DATABASE_SERVICE, null);

  private static final FaultPoint[] POINTS = values();

  private final String label;
  private final Hop hop;
  private final @Nullable Address<?, ?> address;

  FaultPoint(String label, Hop hop, @Nullable Address<?, ?> address) {
    this.label = label;
    this.hop = hop;
    this.address = address;
  }

  /** How it is written in the configuration, below {@code faults}. */
  public String label() {
    return label;
  }

  /** The budget line that bears the fault. */
  public Hop hop() {
    return hop;
  }

  /** The point of that label; empty when there is none. */
  public static Optional<FaultPoint> of(String label) {
    return Arrays.stream(POINTS).filter(point -> point.label.equals(label)).findFirst();
  }

  /** The labels of all points, in order. */
  public static List<String> labels() {
    return Arrays.stream(POINTS).map(FaultPoint::label).toList();
  }

  /** The point at that address, or null. */
  static @Nullable FaultPoint at(Address<?, ?> address) {
    for (FaultPoint point : POINTS) {
      if (point.address == address) {
        return point;
      }
    }
    return null;
  }
}
