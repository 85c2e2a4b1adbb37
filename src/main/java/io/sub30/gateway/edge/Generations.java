package io.sub30.gateway.edge;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts each tenant's writes, so that what was kept before one of them is known to be old without
 * being looked for. Tenants share {@value #SLOTS} counters: one that shares a counter with a tenant
 * that writes loses what is kept for it, which costs a question and is never wrong; who shares with
 * whom is drawn anew by each process, so nobody can choose. Thread-safe, without locks.
 */
final class Generations {

  /** 64 KiB; a power of two. */
  static final int SLOTS = 16_384;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(SLOTS);
  private final int seed = new SecureRandom().nextInt();

  /** Changes with every write of the tenant. Comes round again after 2³² of them. */
  int of(String tenant) {
    return counts.get(slot(tenant));
  }

  void advance(String tenant) {
    counts.incrementAndGet(slot(tenant));
  }

  /** The finaliser of MurmurHash3, 32 bits. */
  private int slot(String tenant) {
    int mixed = tenant.hashCode() ^ seed;
    mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return (mixed ^ (mixed >>> 16)) & (SLOTS - 1);
  }
}
