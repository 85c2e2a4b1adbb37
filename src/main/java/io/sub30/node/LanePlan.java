package io.sub30.node;

import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.config.HttpConfig;
import java.util.ArrayList;
import java.util.List;

/** Which lanes there are and whose tenants live on each. */
final class LanePlan {

  private LanePlan() {}

  /** One lane a tier, and one more for each processor beyond three. */
  static int count(int configured, int processors) {
    return configured > 0 ? configured : Math.max(Tier.values().length, processors);
  }

  /**
   * The pools, if there is a lane for each listener.
   *
   * @throws ConfigException when enterprise has a listener of its own and all the lanes
   */
  static List<Tier> pools(int lanes, HttpConfig http) {
    List<Tier> pools = pools(lanes);
    if (pools.stream().allMatch(http::ownListener)) {
      throw new ConfigException(
          "http.enterprise_port is "
              + http.enterprisePort()
              + " and lanes.count is "
              + lanes
              + "; it must be 2 or more, since the enterprise lanes then serve no other port");
    }
    return pools;
  }

  /**
   * The pool of each lane. With three lanes or more each tier has its own, and what is left over
   * goes to enterprise first, then to pro; with two, pro and free share one; with one, all do (a
   * tier without a pool uses the nearest).
   */
  static List<Tier> pools(int lanes) {
    List<Tier> pools = new ArrayList<>(lanes);
    pools.add(Tier.ENTERPRISE);
    if (lanes >= 2) {
      pools.add(Tier.PRO);
    }
    if (lanes >= 3) {
      pools.add(Tier.FREE);
    }
    for (int extra = 0; pools.size() < lanes; extra++) {
      pools.add(extra % 3 == 2 ? Tier.PRO : Tier.ENTERPRISE);
    }
    return pools;
  }
}
