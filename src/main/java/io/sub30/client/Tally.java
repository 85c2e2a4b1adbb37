package io.sub30.client;

import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.TickResult;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts one run. Confined to the run's event loop. */
final class Tally {
  private static final long MICROS_MAX = 60_000_000L;

  private final Histogram latencyMicros = new Histogram(MICROS_MAX, 3);
  private final Histogram pacingMicros = new Histogram(MICROS_MAX, 3);
  private final Map<Integer, Long> byStatus = new TreeMap<>();
  private final Map<String, Long> byCode = new HashMap<>();
  private long sent;
  private long ok;
  private long duplicate;
  private long degraded;
  private long refused;
  private long errors;
  private long rejectedTicks;
  private long acceptedTicks;
  private long retried;
  private long predictions;
  private long signals;
  private @Nullable Answer firstFailure;

  /** A batch's time came. */
  void offered() {
    sent++;
  }

  /** How much later than intended a batch reached its connection. */
  void paced(long lateNanos) {
    record(pacingMicros, lateNanos);
  }

  /** An attempt ended, finally or not. */
  void attempted(Answer answer) {
    byStatus.merge(answer.status(), 1L, Long::sum);
    if (!answer.code().isEmpty()) {
      byCode.merge(answer.code(), 1L, Long::sum);
    }
  }

  void resent() {
    retried++;
  }

  /** A batch's last attempt ended. */
  void finished(Answer answer, long latencyNanos) {
    TickResult result = answer.result();
    if (answer.acknowledged() && result != null) {
      acknowledged(result);
      record(latencyMicros, latencyNanos);
      return;
    }
    if (firstFailure == null) {
      firstFailure = answer;
    }
    if (refuses(answer.status())) {
      refused++;
    } else {
      errors++;
    }
  }

  private void acknowledged(TickResult result) {
    ok++;
    acceptedTicks += result.getAccepted();
    rejectedTicks += result.getRejectedCount();
    predictions += result.getPredictionsCount();
    if (result.getDuplicate()) {
      duplicate++;
    }
    if (result.getDegradedCount() > 0) {
      degraded++;
    }
    for (int i = 0; i < result.getSignalsCount(); i++) {
      Signal signal = result.getSignals(i);
      if (signal.getSide() == Side.BUY || signal.getSide() == Side.SELL) {
        signals++;
      }
    }
  }

  /** The statuses with which a working server says no; any other one (500, 502) is an error. */
  private static boolean refuses(int status) {
    return (status >= 400 && status < 500) || status == 503 || status == 504;
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.max(0, Math.min(nanos / 1_000, MICROS_MAX)));
  }

  /** The first final answer that was no acknowledgement. */
  Optional<Answer> firstFailure() {
    return Optional.ofNullable(firstFailure);
  }

  ReplayProgress progress(long elapsedNanos) {
    return new ReplayProgress(sent, ok, refused, errors, elapsedNanos / 1_000_000);
  }

  ReplayReport report(long elapsedNanos) {
    return new ReplayReport(
        sent,
        ok,
        duplicate,
        degraded,
        refused,
        errors,
        rejectedTicks,
        acceptedTicks,
        retried,
        predictions,
        signals,
        elapsedNanos > 0 ? ok * 1e9 / elapsedNanos : 0,
        new ReplayReport.Latency(
            latencyMicros.getValueAtPercentile(50),
            latencyMicros.getValueAtPercentile(95),
            latencyMicros.getValueAtPercentile(99),
            latencyMicros.getValueAtPercentile(99.9),
            latencyMicros.getMaxValue()),
        pacingMicros.getValueAtPercentile(99),
        new TreeMap<>(byStatus),
        byCode);
  }
}
