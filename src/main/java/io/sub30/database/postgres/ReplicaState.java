package io.sub30.database.postgres;

import java.util.OptionalLong;

/**
 * What is known of one replica: how far it has certainly got, and how quickly it answers.
 * Lane-bound; not thread-safe.
 */
final class ReplicaState {

  /** After a failed or late read, so that not every request pays for finding out again. */
  static final long REST_NANOS = 1_000_000_000L;

  /** Weight of the newest answer in the mean latency, as a power of two: 1/8, as TCP's. */
  private static final int MEAN_SHIFT = 3;

  private boolean answering;
  private boolean confirmed;
  private long confirmedNanos;
  private long replayed;
  private boolean resting;
  private long restUntilNanos;
  private long meanNanos;
  private int inFlight;
  private String trouble = "not asked yet";

  /**
   * The replica has told how far it has replayed the log. A position that went back means that it
   * was built anew: what it had confirmed no longer counts.
   *
   * @param confirms the moment up to which every commit is shown, if any sample says so
   */
  void replayed(long position, OptionalLong confirms) {
    answering = true;
    if (position < replayed) {
      confirmed = false;
    }
    replayed = position;
    if (confirms.isPresent() && (!confirmed || confirms.getAsLong() - confirmedNanos > 0)) {
      confirmed = true;
      confirmedNanos = confirms.getAsLong();
    }
  }

  /** The replica did not say how far it is, or is none. */
  void unusable(String why) {
    answering = false;
    trouble = why;
  }

  /** The primary is not the server it was: no earlier confirmation counts. */
  void forget() {
    confirmed = false;
    replayed = 0;
  }

  /**
   * Whether it may be read.
   *
   * @param maxLagNanos how old what it shows may be
   * @param writtenNanos when the reader last wrote: it must show that
   */
  boolean readable(long nowNanos, long maxLagNanos, long writtenNanos) {
    return answering
        && confirmed
        && !(resting && nowNanos - restUntilNanos < 0)
        && nowNanos - confirmedNanos <= maxLagNanos
        && confirmedNanos - writtenNanos >= 0;
  }

  void asked() {
    inFlight++;
  }

  /** What was asked has ended, well or not. */
  void ended() {
    inFlight--;
  }

  /**
   * Not read for {@link #REST_NANOS}.
   *
   * @return false if it was resting already
   */
  boolean rest(long nowNanos) {
    boolean begins = !resting || nowNanos - restUntilNanos >= 0;
    resting = true;
    restUntilNanos = nowNanos + REST_NANOS;
    return begins;
  }

  /** Takes in how long an answer took. */
  void measured(long latencyNanos) {
    meanNanos =
        meanNanos == 0 ? latencyNanos : meanNanos + ((latencyNanos - meanNanos) >> MEAN_SHIFT);
  }

  /** How long a further read is expected to take: the mean, for each that is before it and it. */
  long expectedNanos() {
    return meanNanos * (inFlight + 1);
  }

  /** The moment up to which it shows every commit; says nothing unless it was readable. */
  long confirmedNanos() {
    return confirmedNanos;
  }

  /** For operators: how far it is behind, or why it is not read. */
  String detail(long nowNanos, long primaryPosition) {
    if (!answering) {
      return trouble;
    }
    String bytes = Math.max(0, primaryPosition - replayed) + " bytes behind";
    return confirmed
        ? "at most " + Math.max(0, nowNanos - confirmedNanos) / 1_000_000 + " ms, " + bytes
        : bytes;
  }
}
