package io.sub30.bus;

import io.sub30.budget.Tier;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where each tenant lives, according to one {@link LaneTable}: the cell's lane.
 *
 * <p>The choice is weighted rendezvous hashing (Thaler and Ravishankar 1998; the weights after
 * Schindelhauer and Schomaker 2005): of the lanes of the tenant's pool, the one with the highest
 * {@code -weight / ln(u)} wins, where {@code u} in (0, 1) is a hash of tenant and lane. So a lane
 * that goes takes only its own tenants with it, a lane that comes takes its share from all others,
 * and each lane gets tenants in proportion to its weight. The hash is FNV-1a over the tenant's
 * UTF-16 units, mixed with the lane by MurmurHash3's 64-bit finaliser: it depends on nothing but
 * its inputs, so every process at any time chooses alike.
 *
 * <p>A lane counts when every component of the path is on it and its weight is above zero. A tier
 * whose pool has no such lane is served by the nearest lower pool that has one, else by the nearest
 * higher: lower first, because what is dedicated to the higher tiers should stay theirs.
 *
 * <p>Immutable but for a cache of fixed size; may be used from any thread. A hit costs a hash of
 * the name and a comparison, and allocates nothing. The cache's slots are written without
 * synchronisation: entries are immutable, so a reader sees a whole entry or an old one, and both
 * are right.
 */
public final class LaneSnapshot {

  /** What must be on a lane for a batch to pass. */
  public static final Set<String> PATH =
      Set.of("gateway", "data_bridge", "ml", "trading", "database");

  /** Before the first table has come: no lanes. */
  public static final LaneSnapshot EMPTY = new LaneSnapshot(LaneTable.getDefaultInstance());

  private static final int CACHE_SLOTS = 4096; // a power of two; 16 KiB of references

  private final LaneTable table;
  private final Map<Tier, Candidates> candidates = new EnumMap<>(Tier.class);
  private final @Nullable Home[] homes = new @Nullable Home[CACHE_SLOTS];

  private record Home(String tenant, Tier tier, int lane) {}

  private record Candidates(int[] lanes, double[] weights) {}

  public LaneSnapshot(LaneTable table) {
    this.table = table;
    Map<Tier, Candidates> pools = pools(table);
    for (Tier tier : Tier.values()) {
      for (Tier pool : fallbacks(tier)) {
        Candidates lanes = pools.get(pool);
        if (lanes != null) {
          candidates.put(tier, lanes);
          break;
        }
      }
    }
  }

  /** The table this was built from. */
  public LaneTable table() {
    return table;
  }

  /** The lane of that tenant; -1 when there is no lane at all. */
  public int resolve(String tenant, Tier tier) {
    int slot = (tenant.hashCode() * 31 + tier.ordinal()) & (CACHE_SLOTS - 1);
    Home home = homes[slot];
    if (home == null || home.tier != tier || !home.tenant.equals(tenant)) {
      home = new Home(tenant, tier, choose(tenant, tier));
      homes[slot] = home;
    }
    return home.lane;
  }

  private int choose(String tenant, Tier tier) {
    Candidates among = candidates.get(tier);
    if (among == null) {
      return -1;
    }
    long tenantHash = hash(tenant);
    int best = -1;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < among.lanes.length; i++) {
      double score = -among.weights[i] / Math.log(unit(tenantHash, among.lanes[i]));
      if (score > bestScore) { // lanes are in order, so a tie goes to the lower one everywhere
        bestScore = score;
        best = among.lanes[i];
      }
    }
    return best;
  }

  /** FNV-1a, 64 bits: {@code String.hashCode} would let whole families of names collide. */
  private static long hash(String tenant) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < tenant.length(); i++) {
      hash = (hash ^ tenant.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Uniform in (0, 1), never 0 or 1. */
  private static double unit(long tenantHash, int lane) {
    long mixed = mix(tenantHash ^ mix(lane * 0x9e3779b97f4a7c15L + 1));
    return ((mixed >>> 12) + 0.5) * 0x1p-52;
  }

  /** The finaliser of MurmurHash3, 64 bits. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** The pools that may serve a tier, best first: its own, lower ones, higher ones. */
  private static List<Tier> fallbacks(Tier tier) {
    List<Tier> order = new ArrayList<>();
    for (int lower = tier.ordinal(); lower >= 0; lower--) {
      order.add(Tier.ofOrdinal(lower));
    }
    for (int higher = tier.ordinal() + 1; higher < Tier.values().length; higher++) {
      order.add(Tier.ofOrdinal(higher));
    }
    return order;
  }

  private static Map<Tier, Candidates> pools(LaneTable table) {
    Map<Tier, Map<Integer, Double>> weights = new EnumMap<>(Tier.class);
    lanes(table)
        .forEach(
            (lane, entries) -> {
              Set<String> present = new HashSet<>();
              double weight = Double.POSITIVE_INFINITY; // the least that any component declares
              for (Heartbeat entry : entries) {
                present.add(entry.getComponent());
                weight = Math.min(weight, entry.getWeight());
              }
              Tier pool = Tier.of(entries.get(0).getPool()).orElse(null);
              if (pool != null && weight > 0 && present.containsAll(PATH)) {
                weights.computeIfAbsent(pool, tier -> new TreeMap<>()).put(lane, weight);
              }
            });
    Map<Tier, Candidates> pools = new EnumMap<>(Tier.class);
    weights.forEach(
        (pool, byLane) ->
            pools.put(
                pool,
                new Candidates(
                    byLane.keySet().stream().mapToInt(Integer::intValue).toArray(),
                    byLane.values().stream().mapToDouble(Double::doubleValue).toArray())));
    return pools;
  }

  private static Map<Integer, List<Heartbeat>> lanes(LaneTable table) {
    Map<Integer, List<Heartbeat>> lanes = new TreeMap<>();
    for (Heartbeat entry : table.getEntriesList()) {
      lanes.computeIfAbsent(entry.getLane(), lane -> new ArrayList<>()).add(entry);
    }
    return lanes;
  }
}
