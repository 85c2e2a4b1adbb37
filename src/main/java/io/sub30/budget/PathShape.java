package io.sub30.budget;

import java.util.List;

/**
 * In which order a request passes the lines of its plan. Immutable.
 *
 * @param entry the lines spent before the first hop; what they leave unspent carries over
 * @param hops the hops in order; the last one is mandatory and is what every request must reach
 * @param response the line spent after the last hop
 */
public record PathShape(List<Integer> entry, List<Step> hops, int response) {

  /**
   * One hop.
   *
   * @param line of the plan
   * @param mandatory whether a request is refused without it, or only answered with less
   */
  public record Step(int line, boolean mandatory) {}

  public PathShape {
    entry = List.copyOf(entry);
    hops = List.copyOf(hops);
    if (hops.isEmpty() || !hops.get(hops.size() - 1).mandatory()) {
      throw new IllegalArgumentException("a path ends in a mandatory hop, not in " + hops);
    }
  }

  /** The line of the last hop. */
  public int lastLine() {
    return hops.get(hops.size() - 1).line();
  }
}
