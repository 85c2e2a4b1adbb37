package io.sub30.database.spool;

import io.sub30.budget.EpochClock;
import io.sub30.config.ConfigException;
import io.sub30.database.BatchWriter.Write;
import io.sub30.v1.StoreRequest;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Acknowledged batches that the system of record does not have yet: which tenants have some and how
 * many bytes they are is known in memory, the batches are in the journal. A tenant that has some
 * gets no other commit until they are gone, so that its batches stay in order.
 *
 * <p>Room is reserved before a batch is written and given back when it is gone. After a write that
 * failed nothing more is taken until the next start: whether the disk has it is not known then.
 *
 * <p>Thread: {@link #holds}, {@link #reserve}, {@link #release} and the figures from any; the
 * others block, and are called from one worker.
 */
public final class Spool implements AutoCloseable {

  private static final int PAGE = 500;

  /** Keys, indices and pages, beside the batch itself. */
  private static final int ENTRY_BYTES = 256;

  private final SpoolJournal journal;
  private final EpochClock clock;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();
  private final Map<String, Integer> tenants = new ConcurrentHashMap<>();
  private volatile long oldestMsc;
  private volatile long aside;
  private volatile String trouble = "";

  private Spool(SpoolJournal journal, EpochClock clock, long maxBytes) {
    this.journal = journal;
    this.clock = clock;
    this.maxBytes = maxBytes;
  }

  /**
   * The spool of a data folder, with what an earlier process left in it. Blocking.
   *
   * @param maxBytes that may wait; what is there already is never refused
   * @throws ConfigException when the file cannot be used
   */
  public static Spool open(Path file, EpochClock clock, long maxBytes) {
    Spool spool = new Spool(SpoolJournal.open(file), clock, maxBytes);
    try {
      long after = 0;
      for (List<SpoolEntry> page = spool.journal.contents(after, PAGE);
          !page.isEmpty();
          page = spool.journal.contents(after, PAGE)) {
        page.forEach(entry -> spool.count(entry.tenant(), size(entry.request())));
        after = page.get(page.size() - 1).id();
      }
      spool.recount();
      return spool;
    } catch (SQLException e) {
      throw new ConfigException("the spool " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static int size(StoreRequest request) {
    return request.getSerializedSize() + ENTRY_BYTES;
  }

  private void count(String tenant, long size) {
    bytes.addAndGet(size);
    entries.incrementAndGet();
    tenants.merge(tenant, 1, Integer::sum);
  }

  private void recount() throws SQLException {
    long[] setAside = journal.setAside();
    aside = setAside[0];
    List<SpoolEntry> first = journal.contents(0, 1);
    oldestMsc = first.isEmpty() ? 0 : first.get(0).spooledMsc();
  }

  /** Whether batches of the tenant wait, or are being written. */
  public boolean holds(String tenant) {
    return tenants.containsKey(tenant);
  }

  /** Makes room for a batch; false when there is none, or the spool cannot be written. */
  public boolean reserve(Write write) {
    if (!trouble.isEmpty()) {
      return false;
    }
    long size = size(write.request());
    if (bytes.addAndGet(size) > maxBytes) {
      bytes.addAndGet(-size);
      return false;
    }
    entries.incrementAndGet();
    tenants.merge(write.tenant(), 1, Integer::sum);
    return true;
  }

  /** Gives back the room of a batch that is not in the journal. */
  public void release(String tenant, StoreRequest request) {
    bytes.addAndGet(-size(request));
    entries.decrementAndGet();
    tenants.computeIfPresent(tenant, (name, held) -> held == 1 ? null : held - 1);
  }

  /** Writes batches for which room was reserved; they are durable when this returns. */
  public void append(List<Write> group) throws SQLException {
    try {
      long now = clock.epochMillis();
      journal.append(group, now);
      if (oldestMsc == 0) {
        oldestMsc = now;
      }
    } catch (SQLException e) {
      trouble = "a write failed, nothing is taken until the next start: " + e.getMessage();
      throw e;
    }
  }

  /** The oldest batches. */
  public List<SpoolEntry> oldest(int limit) throws SQLException {
    return journal.contents(0, limit);
  }

  public Optional<StoreRequest> find(String tenant, String terminal, long sequence)
      throws SQLException {
    return journal.find(tenant, terminal, sequence);
  }

  /** The system of record has them: forgets them. */
  public void drained(List<SpoolEntry> done) throws SQLException {
    journal.remove(done);
    done.forEach(entry -> release(entry.tenant(), entry.request()));
    recount();
  }

  /** Keeps a batch that can never be committed for the operator to look at. */
  public void setAside(SpoolEntry entry, String reason) throws SQLException {
    journal.setAside(entry, reason);
    release(entry.tenant(), entry.request());
    recount();
  }

  /** Batches that wait or are being written. */
  public long entries() {
    return entries.get();
  }

  public long bytes() {
    return bytes.get();
  }

  /** Batches that can never be committed. */
  public long aside() {
    return aside;
  }

  /** How long the oldest batch has waited, milliseconds; 0 when none does. */
  public long oldestMillis() {
    long since = oldestMsc;
    return since == 0 ? 0 : Math.max(0, clock.epochMillis() - since);
  }

  /** Whether a further batch would be taken. */
  public boolean takes() {
    return trouble.isEmpty() && bytes.get() < maxBytes;
  }

  /** For operators. */
  public String detail() {
    return entries()
        + " batches, "
        + bytes()
        + " of "
        + maxBytes
        + " bytes, the oldest "
        + oldestMillis()
        + " ms old"
        + (aside == 0 ? "" : ", " + aside + " set aside")
        + (trouble.isEmpty() ? "" : "; " + trouble);
  }

  @Override
  public void close() {
    journal.close();
  }
}
