package io.sub30.gateway.cells;

import io.sub30.budget.Tier;
import io.sub30.v1.CellMarks;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's home on this lane: whose turn it is, and what the gateway must know of what was
 * committed. One batch at a time holds the cell, from enrichment to settlement; the others wait in
 * order.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class Cell {

  /** Whether the state behind the cell can be built upon. */
  enum Phase {
    /** Nothing is known: the next turn has to take the cell first. */
    CLOSED,
    /** It is being taken and rebuilt. */
    OPENING,
    /** Turns may run. */
    OPEN
  }

  /**
   * Terminals whose highest sequence is remembered. It only saves work: a repeated sequence of one
   * that is not is found by the commit itself.
   */
  static final int MAX_MARKS = 1_024;

  final String tenant;

  /** Of the tenant's first batch here. */
  final Tier tier;

  private final int maxWaiting;
  private final KnownPredictions predictions;
  private final Appointments appointments = new Appointments();
  private final ArrayDeque<Turn> waiting = new ArrayDeque<>();

  /** By terminal, the one heard of longest ago first. */
  private final Map<String, Long> highSequences = new LinkedHashMap<>(16, 0.75f, true);

  /** Whether {@link #highSequences} has every terminal that ever committed. */
  private boolean marksComplete = true;

  private Phase phase = Phase.CLOSED;
  private boolean held;
  private long epoch;
  private long lastOrdinal;
  private int batchesSinceCheckpoint;
  private int ticksSinceCheckpoint;
  private boolean committedSinceRound;

  Cell(String tenant, Tier tier, int maxWaiting, long predictionMaxAgeMillis) {
    this.tenant = tenant;
    this.tier = tier;
    this.maxWaiting = maxWaiting;
    this.predictions = new KnownPredictions(predictionMaxAgeMillis);
  }

  /** What the tenant was predicted last. */
  KnownPredictions predictions() {
    return predictions;
  }

  /** Of those who were turned away. */
  Appointments appointments() {
    return appointments;
  }

  Phase phase() {
    return phase;
  }

  /** Nobody holds it and nobody waits. */
  boolean isIdle() {
    return !held && waiting.isEmpty() && phase != Phase.OPENING;
  }

  /** Joins the queue; false when it is full. */
  boolean queue(Turn turn) {
    return waiting.size() < maxWaiting && waiting.add(turn);
  }

  int waiting() {
    return waiting.size();
  }

  /** Batches that hold the cell or wait for it. */
  int occupancy() {
    return waiting.size() + (held ? 1 : 0);
  }

  /** The next turn, which then holds the cell; null when it is held, not open, or nobody waits. */
  @Nullable Turn take() {
    if (held || phase != Phase.OPEN || waiting.isEmpty()) {
      return null;
    }
    held = true;
    return waiting.poll();
  }

  void release() {
    held = false;
  }

  void opening() {
    phase = Phase.OPENING;
    batchesSinceCheckpoint = 0;
    ticksSinceCheckpoint = 0;
  }

  /** The state behind the cell is that of {@code lastOrdinal}, and commits carry {@code epoch}. */
  void opened(long epoch, long lastOrdinal) {
    this.phase = Phase.OPEN;
    this.epoch = epoch;
    this.lastOrdinal = lastOrdinal;
  }

  /**
   * The state behind the cell is not to be built upon any more: the next turn takes the cell anew.
   */
  void close() {
    phase = Phase.CLOSED;
    highSequences.clear();
    marksComplete = true;
    predictions.clear();
  }

  /** Everyone who waits, taken out of the queue: the cell could not be opened. */
  Iterable<Turn> dismissAll() {
    ArrayDeque<Turn> dismissed = new ArrayDeque<>(waiting);
    waiting.clear();
    return dismissed;
  }

  long epoch() {
    return epoch;
  }

  void raisedTo(long newEpoch) {
    epoch = newEpoch;
  }

  long nextOrdinal() {
    return lastOrdinal + 1;
  }

  long lastOrdinal() {
    return lastOrdinal;
  }

  /** Counts a committed batch. */
  void committed(String terminal, long sequence, long ordinal, int ticks) {
    lastOrdinal = ordinal;
    committedSinceRound = true;
    beyondCheckpoint(terminal, sequence, ticks);
  }

  /**
   * Counts a batch that a rebuilding after a crash would read again: one just committed, or one
   * that this rebuilding reads. Were the latter not counted, each crash would make the next
   * rebuilding longer.
   */
  void beyondCheckpoint(String terminal, long sequence, int ticks) {
    mark(terminal, sequence);
    batchesSinceCheckpoint++;
    ticksSinceCheckpoint += ticks;
  }

  /** Notes that a sequence of a terminal was committed. */
  void mark(String terminal, long sequence) {
    highSequences.merge(terminal, sequence, Math::max);
    if (highSequences.size() > MAX_MARKS) {
      highSequences.remove(highSequences.keySet().iterator().next());
      marksComplete = false;
    }
  }

  /**
   * Whether that sequence may have been committed before; false only when it certainly was not by
   * this terminal's count.
   */
  boolean mayBeRepeated(String terminal, long sequence) {
    Long high = highSequences.get(terminal);
    return high != null && sequence <= high;
  }

  /** The marks of a checkpoint; as many as are kept may be fewer than there were. */
  void restored(CellMarks marks) {
    marks.getHighSequencesMap().forEach(this::mark);
    marksComplete &= marks.getHighSequencesCount() < MAX_MARKS;
  }

  /**
   * Whether that sequence was certainly never committed: it is above every one that the terminal
   * has used, and no terminal was forgotten.
   */
  boolean isProvablyNew(String terminal, long sequence) {
    return marksComplete && !mayBeRepeated(terminal, sequence);
  }

  boolean checkpointDue(int maxBatches, int maxTicks) {
    return batchesSinceCheckpoint >= maxBatches || ticksSinceCheckpoint >= maxTicks;
  }

  /** The checkpoint was not saved: one is to follow even if nothing is committed any more. */
  void checkpointLost() {
    batchesSinceCheckpoint = Math.max(1, batchesSinceCheckpoint);
  }

  /** Nobody is at it, and it has batches that its checkpoint has not. */
  boolean mayBeSaved() {
    return phase == Phase.OPEN && isIdle() && batchesSinceCheckpoint > 0;
  }

  /** Whether nothing was committed since this was last asked. */
  boolean restedSinceRound() {
    boolean rested = !committedSinceRound;
    committedSinceRound = false;
    return rested;
  }

  /** Keeps turns from beginning until {@link #release}. */
  void hold() {
    held = true;
  }

  /** The gateway's part of a checkpoint; starts counting towards the next one. */
  CellMarks checkpoint() {
    batchesSinceCheckpoint = 0;
    ticksSinceCheckpoint = 0;
    // A copy: the builder asks for each value, and asking changes the order of this map.
    return CellMarks.newBuilder().putAllHighSequences(new HashMap<>(highSequences)).build();
  }
}
