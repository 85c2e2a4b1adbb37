package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one lane that are under way, looked at now and then, so that a hop that hangs is
 * noticed while it hangs and not when it is over. A request and each of its hops reach every level
 * once.
 *
 * <p>One look goes over all of them: a lane needs one timer, and not one for each request. Bounded
 * by whoever opens them, as a lane bounds what is in flight.
 *
 * <p>Not thread-safe: the lane's; the counts may be read from any thread.
 */
public final class InFlight {

  /** One request under way. */
  public static final class Entry {
    private final String requestId;
    private final Tier tier;
    private final Ledger ledger;
    private @Nullable Entry before;
    private @Nullable Entry after;
    private AlertLevel wholeLevel = AlertLevel.NONE;
    private AlertLevel lineLevel = AlertLevel.NONE;
    private int line = Ledger.NO_LINE;

    private Entry(String requestId, Tier tier, Ledger ledger) {
      this.requestId = requestId;
      this.tier = tier;
      this.ledger = ledger;
    }
  }

  private static final AlertLevel[] LEVELS = AlertLevel.values();

  private final Plan plan;
  private final Consumer<Violation> listener;
  private final AtomicLongArray[][] reached; // by tier, by line (the last is the total), by level
  private @Nullable Entry first;
  private int size;

  /**
   * @param listener told of each level that is reached, with what was spent so far; on the lane, so
   *     it must not block
   */
  public InFlight(Plan plan, Consumer<Violation> listener) {
    this.plan = plan;
    this.listener = listener;
    this.reached = new AtomicLongArray[Tier.values().length][plan.size() + 1];
    for (AtomicLongArray[] lines : reached) {
      for (int line = 0; line < lines.length; line++) {
        lines[line] = new AtomicLongArray(LEVELS.length);
      }
    }
  }

  /** A request is under way. */
  public Entry open(String requestId, Tier tier, Ledger ledger) {
    Entry entry = new Entry(requestId, tier, ledger);
    entry.after = first;
    if (first != null) {
      first.before = entry;
    }
    first = entry;
    size++;
    return entry;
  }

  /** It is over. To be called once. */
  public void close(Entry entry) {
    Entry before = entry.before;
    Entry after = entry.after;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    size--;
  }

  /** How many are under way. */
  public int size() {
    return size;
  }

  /** Looks at all of them. */
  public void look(long nowNanos) {
    for (Entry entry = first; entry != null; entry = entry.after) {
      look(entry, nowNanos);
    }
  }

  private void look(Entry entry, long nowNanos) {
    Ledger ledger = entry.ledger;
    long wholeNanos = nowNanos - ledger.startNanos();
    entry.wholeLevel =
        raise(entry, plan.size(), entry.wholeLevel, wholeNanos, plan.totalNanos(entry.tier));
    int line = ledger.openLine();
    if (line != entry.line) {
      entry.line = line;
      entry.lineLevel = AlertLevel.NONE;
    }
    if (line != Ledger.NO_LINE) {
      long spentNanos = nowNanos - ledger.departedNanos();
      entry.lineLevel =
          raise(entry, line, entry.lineLevel, spentNanos, plan.lineNanos(entry.tier, line));
    }
  }

  private AlertLevel raise(
      Entry entry, int line, AlertLevel before, long spentNanos, long budgetNanos) {
    AlertLevel now = AlertLevel.of(spentNanos, budgetNanos);
    for (int level = before.ordinal() + 1; level <= now.ordinal(); level++) {
      AtomicLongArray counts = reached[entry.tier.ordinal()][line];
      counts.lazySet(level, counts.get(level) + 1);
    }
    if (now.compareTo(before) <= 0) {
      return before;
    }
    String component = line == plan.size() ? Violation.TOTAL : plan.name(line);
    listener.accept(
        new Violation(
            entry.requestId,
            entry.ledger.traceId(),
            component,
            entry.tier,
            budgetNanos,
            spentNanos));
    return now;
  }

  /** How often a hop under way reached that level, however it ended. */
  public long reached(Tier tier, int line, AlertLevel level) {
    return reached[tier.ordinal()][line].get(level.ordinal());
  }

  /** How often whole requests did while they were under way. */
  public long totalReached(Tier tier, AlertLevel level) {
    return reached(tier, plan.size(), level);
  }
}
