package io.sub30.budget;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Work that was done for nobody: hops whose answer came when it was no longer waited for, by hop
 * and by tenant. Tenants are bounded; those beyond share one entry. Thread-safe.
 */
public final class WastedTime {

  /** Tenants that are told apart. */
  public static final int MAX_TENANTS = 1_000;

  /**
   * What the tenants beyond {@link #MAX_TENANTS} are counted under; no tenant's name has a blank.
   */
  public static final String OTHERS = "all others";

  private final LongAdder[] nanosByLine;
  private final LongAdder[] countByLine;
  private final Map<String, LongAdder> nanosByTenant = new ConcurrentHashMap<>();

  public WastedTime(int lines) {
    nanosByLine = new LongAdder[lines];
    countByLine = new LongAdder[lines];
    for (int line = 0; line < lines; line++) {
      nanosByLine[line] = new LongAdder();
      countByLine[line] = new LongAdder();
    }
  }

  /** A hop took that long for an answer nobody waited for any more. */
  public void add(int line, String tenant, long nanos) {
    nanosByLine[line].add(Math.max(0, nanos));
    countByLine[line].increment();
    String name =
        nanosByTenant.size() < MAX_TENANTS || nanosByTenant.containsKey(tenant) ? tenant : OTHERS;
    nanosByTenant.computeIfAbsent(name, key -> new LongAdder()).add(Math.max(0, nanos));
  }

  /** Nanoseconds wasted by that hop since the start. */
  public long nanos(int line) {
    return nanosByLine[line].sum();
  }

  /** Late answers of that hop since the start. */
  public long count(int line) {
    return countByLine[line].sum();
  }

  /** One tenant's share. */
  public record OfTenant(String tenant, long nanos) {}

  /** The tenants for whom most was wasted, most first. */
  public List<OfTenant> worst(int most) {
    return nanosByTenant.entrySet().stream()
        .map(entry -> new OfTenant(entry.getKey(), entry.getValue().sum()))
        .sorted(
            Comparator.comparingLong(OfTenant::nanos).reversed().thenComparing(OfTenant::tenant))
        .limit(most)
        .toList();
  }
}
