package io.sub30.client;

import java.util.List;
import java.util.Optional;

/**
 * How a replay ended.
 *
 * @param report the figures
 * @param unacknowledged the batches that were refused or failed, in the order they failed; the
 *     first {@link #UNACKNOWLEDGED_MAX} of them
 * @param firstFailure the first final answer that was no acknowledgement
 */
public record ReplayOutcome(
    ReplayReport report, List<Unacknowledged> unacknowledged, Optional<Answer> firstFailure) {
  /** About 100 MiB at 20 ticks a batch. */
  public static final int UNACKNOWLEDGED_MAX = 100_000;

  public ReplayOutcome {
    unacknowledged = List.copyOf(unacknowledged);
  }
}
