package io.sub30.gateway.rates;

import java.util.ArrayList;
import java.util.List;

/**
 * The batches of one tenant that wait for its next turns, one an interval, the earliest deadline
 * first.
 *
 * @param <T> a batch; told apart by identity
 */
final class TenantLine<T> {

  private final String tenant;
  private final long intervalNanos;
  private final List<Waiter<T>> waiters = new ArrayList<>();
  private long turnNanos;

  /**
   * A batch and the times it must keep.
   *
   * @param deadlineNanos by when it must be answered
   * @param lastNanos after which that could not be kept
   * @param latestNanos by when its turn must be expected: no later than {@code lastNanos}
   */
  record Waiter<T>(T batch, long deadlineNanos, long lastNanos, long latestNanos) {

    static <T> Waiter<T> of(T batch, long patientNanos, long deadlineNanos, long lastNanos) {
      long latest = patientNanos - lastNanos < 0 ? patientNanos : lastNanos;
      return new Waiter<>(batch, deadlineNanos, lastNanos, latest);
    }

    boolean isTooLate(long nowNanos) {
      return nowNanos - lastNanos > 0;
    }
  }

  static int compare(Waiter<?> one, Waiter<?> other) {
    return Long.signum(one.deadlineNanos - other.deadlineNanos);
  }

  /**
   * @param turnNanos when the first one's turn comes
   */
  TenantLine(String tenant, long intervalNanos, long turnNanos) {
    this.tenant = tenant;
    this.intervalNanos = intervalNanos;
    this.turnNanos = turnNanos;
  }

  String tenant() {
    return tenant;
  }

  long intervalNanos() {
    return intervalNanos;
  }

  int size() {
    return waiters.size();
  }

  long turnNanos() {
    return turnNanos;
  }

  /** The next turn comes at another time than was expected. */
  void turn(long nanos) {
    turnNanos = nanos;
  }

  /** Whether that batch's turn would come in time, and those behind it still had theirs. */
  boolean takes(Waiter<T> waiter) {
    int place = place(waiter);
    if (!isInTime(waiter, place)) {
      return false;
    }
    for (int i = place; i < waiters.size(); i++) {
      if (!isInTime(waiters.get(i), i + 1)) {
        return false;
      }
    }
    return true;
  }

  private boolean isInTime(Waiter<T> waiter, int place) {
    return turnNanos + place * intervalNanos - waiter.latestNanos <= 0;
  }

  /** Behind all whose deadline is not later. */
  private int place(Waiter<T> waiter) {
    int place = 0;
    while (place < waiters.size() && compare(waiters.get(place), waiter) <= 0) {
      place++;
    }
    return place;
  }

  void add(Waiter<T> waiter) {
    waiters.add(place(waiter), waiter);
  }

  Waiter<T> first() {
    return waiters.get(0);
  }

  Waiter<T> removeFirst() {
    return waiters.remove(0);
  }

  boolean remove(T batch) {
    return waiters.removeIf(waiter -> waiter.batch == batch);
  }

  /** Takes out those whose turn would come too late; those behind one of them move up. */
  List<Waiter<T>> removeLate() {
    List<Waiter<T>> late = new ArrayList<>();
    for (int i = 0; i < waiters.size(); ) {
      if (isInTime(waiters.get(i), i)) {
        i++;
      } else {
        late.add(waiters.remove(i));
      }
    }
    return late;
  }
}
