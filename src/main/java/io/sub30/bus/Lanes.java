package io.sub30.bus;

import io.sub30.budget.Tier;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which event loop is which lane. Every verticle claims its lane from the loop it starts on, so two
 * verticles with the same lane id are on the same loop by construction; {@link #verify} then checks
 * that each component is on every lane exactly once.
 *
 * <p>Thread-safe; used at start only, afterwards everyone holds an int.
 */
public final class Lanes {

  private final List<Tier> pools;
  private final Map<Thread, Integer> laneOf = new HashMap<>();
  private final Map<String, Set<Integer>> claims = new TreeMap<>();

  /**
   * @param pools the tier whose tenants live on each lane, by lane id
   */
  public Lanes(List<Tier> pools) {
    this.pools = List.copyOf(pools);
  }

  /** How many lanes there are. */
  public int size() {
    return pools.size();
  }

  /** The ids of all lanes. */
  public Set<Integer> ids() {
    return IntStream.range(0, pools.size()).boxed().collect(Collectors.toUnmodifiableSet());
  }

  /** The pool that lane belongs to. */
  public Tier pool(int lane) {
    return pools.get(lane);
  }

  /**
   * The lane that carries what one lane must do for all and no request waits for: the first of the
   * lowest pool there is.
   */
  public int offPath() {
    return pools.indexOf(Collections.min(pools));
  }

  /**
   * The lane of the calling event loop, claimed for that component.
   *
   * @throws IllegalStateException when the component is on that loop already, or there are more
   *     loops than lanes
   */
  public synchronized int claim(String component) {
    int lane = laneOf.computeIfAbsent(Thread.currentThread(), loop -> laneOf.size());
    if (lane >= pools.size()) {
      throw new IllegalStateException(
          component
              + " started on event loop "
              + (lane + 1)
              + " of "
              + pools.size()
              + " lanes: there must be as many loops as lanes");
    }
    if (!claims.computeIfAbsent(component, name -> new TreeSet<>()).add(lane)) {
      throw new IllegalStateException(component + " was deployed twice on lane " + lane);
    }
    return lane;
  }

  /**
   * Checks that each component is on every lane.
   *
   * @throws IllegalStateException naming the component and the lanes it is missing on
   */
  public synchronized void verify(Set<String> components) {
    for (String component : components) {
      Set<Integer> lanes = claims.getOrDefault(component, Set.of());
      if (lanes.size() != pools.size()) {
        throw new IllegalStateException(
            component
                + " is on lanes "
                + lanes
                + " of "
                + pools.size()
                + ", it must be on all of them");
      }
    }
  }
}
