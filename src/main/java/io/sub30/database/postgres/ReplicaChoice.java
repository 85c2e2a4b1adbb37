package io.sub30.database.postgres;

import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Chooses which replica is read: of two drawn at random among those that may be, the one that is
 * expected to answer sooner (Mitzenmacher 2001, "The power of two choices"). Always taking the best
 * would send every lane to the same one as soon as it looks best. Lane-bound; not thread-safe.
 */
final class ReplicaChoice {

  private final List<ReplicaState> replicas;
  private final long maxLagNanos;
  private final IntUnaryOperator random;

  /**
   * @param maxLagNanos how old what a replica shows may be
   * @param random gives a number from 0 to below its argument
   */
  ReplicaChoice(List<ReplicaState> replicas, long maxLagNanos, IntUnaryOperator random) {
    this.replicas = replicas;
    this.maxLagNanos = maxLagNanos;
    this.random = random;
  }

  /**
   * The place of a replica in the list, or -1 when none may be read.
   *
   * @param writtenNanos when the reader last wrote
   */
  int choose(long nowNanos, long writtenNanos) {
    int readable = 0;
    for (ReplicaState replica : replicas) {
      if (replica.readable(nowNanos, maxLagNanos, writtenNanos)) {
        readable++;
      }
    }
    if (readable == 0) {
      return -1;
    }
    int one = random.applyAsInt(readable);
    int first = nth(one, nowNanos, writtenNanos);
    if (readable == 1) {
      return first;
    }
    // Drawn from the others: as far around the circle from the first as the dice say.
    int other = (one + 1 + random.applyAsInt(readable - 1)) % readable;
    int second = nth(other, nowNanos, writtenNanos);
    return replicas.get(second).expectedNanos() < replicas.get(first).expectedNanos()
        ? second
        : first;
  }

  private int nth(int n, long nowNanos, long writtenNanos) {
    int left = n;
    for (int i = 0; i < replicas.size(); i++) {
      if (replicas.get(i).readable(nowNanos, maxLagNanos, writtenNanos) && left-- == 0) {
        return i;
      }
    }
    throw new IllegalStateException("fewer than " + (n + 1) + " replicas may be read");
  }
}
