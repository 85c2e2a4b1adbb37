package io.sub30.slo;

import io.sub30.budget.EpochClock;
import io.sub30.budget.LedgerRing;
import io.sub30.budget.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ledgers of every request on disk, for {@code sub30 plan}: once a second a thread of its
 * own moves what the loops have put into their {@link LedgerRing}s into files. At most {@value
 * #FILES} files of {@value #FILE_BYTES} bytes are kept, some 350,000 requests.
 *
 * <p>The loops never wait for it. A disk that does not take the ledgers loses the newest of them
 * when the rings are full, and nothing else.
 */
public final class LedgerRecorder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LedgerRecorder.class);

  static final int FILES = 8;
  static final long FILE_BYTES = 4L << 20;
  private static final long PERIOD_MILLIS = 1_000;
  private static final long STOP_SECONDS = 5;

  private final Plan plan;
  private final EpochClock clock;
  private final LedgerFolder files;
  private final List<LedgerRing> rings = new CopyOnWriteArrayList<>(); // one a loop
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(LedgerRecorder::thread);
  private boolean failing; // of the draining thread, as what follows
  private long droppedTold;

  private LedgerRecorder(Plan plan, Path folder, EpochClock clock) {
    this.plan = plan;
    this.clock = clock;
    this.files = new LedgerFolder(folder, plan, new LedgerFolder.Bounds(FILES, FILE_BYTES));
  }

  /**
   * Starts to record into that folder, which exists and is this process's alone.
   *
   * @param clock says when a ledger was recorded
   */
  public static LedgerRecorder start(Plan plan, Path folder, EpochClock clock) {
    LedgerRecorder recorder = new LedgerRecorder(plan, folder, clock);
    recorder.writer.scheduleWithFixedDelay(
        recorder::drain, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return recorder;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "sub30-ledgers");
    thread.setDaemon(true);
    return thread;
  }

  /** A ring for one more loop, drained until this is closed. From any thread. */
  public LedgerRing ring() {
    LedgerRing ring = new LedgerRing(plan, clock);
    rings.add(ring);
    return ring;
  }

  /** Moves what there is. On the writing thread, and on the closing one after that has ended. */
  private void drain() {
    try {
      for (LedgerRing ring : rings) {
        ring.drain(files::append);
      }
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.warn("ledgers cannot be recorded; this is tried again every second: {}", e.toString());
      }
      failing = true;
    } catch (RuntimeException e) {
      // Thrown on, it would silently end the schedule.
      log.error("recording ledgers failed", e);
    }
    tellDropped();
  }

  private void tellDropped() {
    long dropped = dropped();
    if (droppedTold == 0 && dropped > 0) {
      log.warn("{} ledgers were not recorded: they came faster than they are written", dropped);
      droppedTold = dropped;
    }
  }

  /** How many ledgers were not recorded. From any thread. */
  public long dropped() {
    return rings.stream().mapToLong(LedgerRing::dropped).sum();
  }

  /** Writes the rest and ends the thread; call it when the loops have stopped. Blocks for 5 s. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.warn("the last ledgers are lost: the disk has not answered for {} s", STOP_SECONDS);
        return;
      }
      drain();
      files.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.warn("the last file of ledgers could not be closed: {}", e.toString());
    }
    long dropped = dropped();
    if (dropped > droppedTold) {
      log.warn("{} ledgers in all were not recorded", dropped);
    }
  }
}
