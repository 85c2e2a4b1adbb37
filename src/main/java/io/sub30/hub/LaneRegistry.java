package io.sub30.hub;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is alive, from heartbeats: one entry for each component of each lane. The revision counts
 * what matters to whoever resolves a tenant: an entry came, went, moved to another pool, weight or
 * version, or one of its dependencies went up or down. A changed detail is kept but not counted.
 *
 * <p>A lane has one owner: while an entry is alive, beats of the same component and lane from
 * another node are refused, since two owners would mean two writers of one tenant.
 *
 * <p>Not thread-safe.
 */
final class LaneRegistry {

  /** Beats come about every second: three may be lost before an entry is given up. */
  static final long EXPIRY_NANOS = 3_500_000_000L;

  /** 256 lanes with 16 components each; beyond that a sender is broken. */
  static final int MAX_ENTRIES = 4096;

  private static final Comparator<Key> ORDER =
      Comparator.comparingInt(Key::lane).thenComparing(Key::component);

  private final NanoClock clock;
  private final Map<Key, Entry> entries = new TreeMap<>(ORDER);
  private long revision;

  private record Key(int lane, String component) {}

  private record Entry(Heartbeat beat, long heardNanos) {}

  LaneRegistry(NanoClock clock) {
    this.clock = clock;
  }

  /**
   * Takes a heartbeat in.
   *
   * @return whether the table changed
   * @throws IllegalArgumentException when the heartbeat makes no sense, claims a lane that another
   *     node holds, or the registry is full; nothing was taken in
   */
  boolean heard(Heartbeat beat) {
    check(beat);
    long now = clock.nanoTime();
    Key key = new Key(beat.getLane(), beat.getComponent());
    Entry known = entries.get(key);
    if (known == null && entries.size() >= MAX_ENTRIES) {
      throw new IllegalArgumentException(
          describe(beat) + " is one more than the " + MAX_ENTRIES + " entries there may be");
    }
    if (known != null && !known.beat.getNode().equals(beat.getNode()) && isAlive(known, now)) {
      throw new IllegalArgumentException(
          describe(beat)
              + " is held by node "
              + known.beat.getNode()
              + ", lane ids must be unique");
    }
    entries.put(key, new Entry(beat, now));
    boolean changed = known == null || !isSame(known.beat, beat);
    if (changed) {
      revision++;
    }
    return changed;
  }

  /**
   * Forgets who has been silent for longer than {@link #EXPIRY_NANOS}.
   *
   * @return whether the table changed
   */
  boolean expire() {
    long now = clock.nanoTime();
    boolean changed = false;
    for (Iterator<Entry> it = entries.values().iterator(); it.hasNext(); ) {
      if (!isAlive(it.next(), now)) {
        it.remove();
        changed = true;
      }
    }
    if (changed) {
      revision++;
    }
    return changed;
  }

  /** The table as it stands, ordered by lane and component. */
  LaneTable table() {
    LaneTable.Builder table = LaneTable.newBuilder().setRevision(revision);
    entries.values().forEach(entry -> table.addEntries(entry.beat));
    return table.build();
  }

  private static boolean isAlive(Entry entry, long nowNanos) {
    return nowNanos - entry.heardNanos <= EXPIRY_NANOS;
  }

  private static void check(Heartbeat beat) {
    if (beat.getComponent().isEmpty() || beat.getNode().isEmpty() || beat.getLane() < 0) {
      throw new IllegalArgumentException(
          describe(beat) + " must name its node and component, and a lane of 0 or more");
    }
    if (Tier.of(beat.getPool()).isEmpty()) {
      throw new IllegalArgumentException(
          describe(beat) + " is in pool '" + beat.getPool() + "', which is no tier");
    }
    if (!(beat.getWeight() >= 0) || Double.isInfinite(beat.getWeight())) {
      throw new IllegalArgumentException(
          describe(beat) + " has weight " + beat.getWeight() + ", it must be 0 or more");
    }
  }

  private static String describe(Heartbeat beat) {
    return beat.getComponent() + " on lane " + beat.getLane() + " of node " + beat.getNode();
  }

  private static boolean isSame(Heartbeat a, Heartbeat b) {
    return a.getNode().equals(b.getNode())
        && a.getPool().equals(b.getPool())
        && a.getWeight() == b.getWeight()
        && a.getVersion().equals(b.getVersion())
        && isSame(a.getDependenciesList(), b.getDependenciesList());
  }

  private static boolean isSame(List<DependencyHealth> a, List<DependencyHealth> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      DependencyHealth x = a.get(i);
      DependencyHealth y = b.get(i);
      if (x.getUp() != y.getUp()
          || x.getRequired() != y.getRequired()
          || !x.getName().equals(y.getName())) {
        return false;
      }
    }
    return true;
  }
}
