package io.sub30.budget;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How the total is split into lines, and what each tier's total is. Immutable; lines are addressed
 * by index, so that a ledger is an array.
 *
 * <p>The split is written for {@link #totalNanos()}; a tier with another total has every line
 * scaled by the ratio of the two.
 */
public final class Plan {

  /** More lines than this would make a ledger larger than a request is worth. */
  public static final int MAX_LINES = 32;

  /**
   * One line of the budget.
   *
   * @param name the name used in code, configuration and metrics
   * @param budget greater than zero, at most one hour
   */
  public record Line(String name, Duration budget) {
    public Line {
      if (budget.isNegative() || budget.isZero() || budget.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "budget line "
                + name
                + " is "
                + millis(budget)
                + " ms; it must be above 0 ms and at most 1 h");
      }
    }
  }

  private final List<Line> lines;
  private final long totalNanos;
  private final long[][] lineNanos; // by tier, by line
  private final long[] tierNanos; // by tier

  /**
   * @param lines 1 to {@value #MAX_LINES} lines, in the order of the path
   * @param total what the lines must add up to
   * @param tiers the total of every tier
   * @throws IllegalArgumentException when the lines do not add up, a name occurs twice, or a tier
   *     is missing or not positive
   */
  public Plan(List<Line> lines, Duration total, Map<Tier, Duration> tiers) {
    this.lines = List.copyOf(lines);
    this.totalNanos = total.toNanos();
    if (lines.isEmpty() || lines.size() > MAX_LINES) {
      throw new IllegalArgumentException(
          "a budget has 1 to " + MAX_LINES + " lines, not " + lines.size());
    }
    if (lines.stream().map(Line::name).distinct().count() != lines.size()) {
      throw new IllegalArgumentException(
          "a budget line occurs twice in " + lines.stream().map(Line::name).toList());
    }
    Duration sum = lines.stream().map(Line::budget).reduce(Duration.ZERO, Duration::plus);
    if (!sum.equals(total)) {
      throw new IllegalArgumentException(
          "the budget lines add up to "
              + millis(sum)
              + " ms, the total is "
              + millis(total)
              + " ms: they must be equal");
    }
    Map<Tier, Duration> totals = new EnumMap<>(tiers);
    tierNanos = new long[Tier.values().length];
    lineNanos = new long[Tier.values().length][lines.size()];
    for (Tier tier : Tier.values()) {
      Duration tierTotal = totals.get(tier);
      if (tierTotal == null || tierTotal.isNegative() || tierTotal.isZero()) {
        throw new IllegalArgumentException(
            "tier "
                + tier.label()
                + " needs a total above 0 ms, not "
                + (tierTotal == null ? "none" : millis(tierTotal) + " ms"));
      }
      tierNanos[tier.ordinal()] = tierTotal.toNanos();
      for (int i = 0; i < lines.size(); i++) {
        lineNanos[tier.ordinal()][i] =
            scaled(lines.get(i).budget().toNanos(), totalNanos, tierTotal.toNanos());
      }
    }
  }

  /** The lines, in the order of the path. */
  public List<Line> lines() {
    return lines;
  }

  public int size() {
    return lines.size();
  }

  /** The total the lines were split for, in nanoseconds. */
  public long totalNanos() {
    return totalNanos;
  }

  /** What a whole request of that tier may take, in nanoseconds. */
  public long totalNanos(Tier tier) {
    return tierNanos[tier.ordinal()];
  }

  /** What that line may take in a request of that tier, in nanoseconds. */
  public long lineNanos(Tier tier, int line) {
    return lineNanos[tier.ordinal()][line];
  }

  /** The names of the lines, in order. */
  public List<String> names() {
    return lines.stream().map(Line::name).toList();
  }

  /** The same total and tiers, split into other lines. */
  public Plan withLines(List<Line> other) {
    Map<Tier, Duration> tiers = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      tiers.put(tier, Duration.ofNanos(totalNanos(tier)));
    }
    return new Plan(other, Duration.ofNanos(totalNanos), tiers);
  }

  /** The name of the line at that index. */
  public String name(int line) {
    return lines.get(line).name();
  }

  /** What a line of that budget, out of that total, may take when the total is the tier's. */
  static long scaled(long budgetNanos, long totalNanos, long tierNanos) {
    return Math.round((double) budgetNanos / totalNanos * tierNanos);
  }

  private static String millis(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    return millis == Math.rint(millis) ? Long.toString((long) millis) : Double.toString(millis);
  }
}
