package io.sub30.cli;

import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayReport;
import java.io.PrintWriter;
import java.util.Locale;

/** Whether the demo met its figures. */
final class DemoVerdict {

  private static final double P50_MILLIS = 15;
  private static final double P95_MILLIS = 25;
  private static final double P99_MILLIS = 30;

  private DemoVerdict() {}

  /** Prints each figure against its target; 0 when all were met, else 1. */
  static int print(ReplayOutcome outcome, boolean stored, PrintWriter out) {
    ReplayReport report = outcome.report();
    boolean met = true;
    met &= figure(out, "p50", report.latency().p50(), P50_MILLIS);
    met &= figure(out, "p95", report.latency().p95(), P95_MILLIS);
    met &= figure(out, "p99", report.latency().p99(), P99_MILLIS);
    met &= check(out, "every batch was acknowledged", report.clean() && report.ok() > 0);
    met &=
        check(
            out,
            "every acknowledged batch is in PostgreSQL, and in the columnar store exactly once",
            stored);
    out.println(met ? "demo: every figure was met" : "demo: a figure was not met");
    out.flush();
    return met ? 0 : 1;
  }

  private static boolean figure(PrintWriter out, String name, long micros, double targetMillis) {
    double millis = micros / 1e3;
    return check(
        out,
        String.format(Locale.ROOT, "%s %.3f ms < %.0f ms", name, millis, targetMillis),
        millis < targetMillis);
  }

  private static boolean check(PrintWriter out, String what, boolean holds) {
    out.println((holds ? "  met     " : "  NOT MET ") + what);
    return holds;
  }
}
