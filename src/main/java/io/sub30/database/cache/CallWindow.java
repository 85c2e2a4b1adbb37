package io.sub30.database.cache;

import java.util.Arrays;

/**
 * The outcomes of the last {@value #CALLS} calls. The stock breaker forgets all failures at every
 * success, so a server that fails every second call would never open it; this does not.
 */
final class CallWindow {

  /** How many calls are remembered. */
  static final int CALLS = 20;

  private final boolean[] failed = new boolean[CALLS];
  private int next;
  private int failures;

  /** Notes one call; the failures among the last {@value #CALLS}. */
  int record(boolean failure) {
    if (failed[next]) {
      failures--;
    }
    failed[next] = failure;
    if (failure) {
      failures++;
    }
    next = (next + 1) % CALLS;
    return failures;
  }

  void clear() {
    Arrays.fill(failed, false);
    failures = 0;
  }
}
