package io.sub30.budget;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link LedgerFile}, which may still be written to or may have been cut short: it ends at
 * the last whole record. Not thread-safe.
 */
public final class LedgerReader implements Closeable {

  private static final int RECORDS_AT_ONCE = 1_024;

  private final FileChannel channel;
  private final @Nullable Plan plan;
  private final LedgerLayout layout;
  private final ByteBuffer page;
  private long bytesRead;

  private LedgerReader(FileChannel channel, @Nullable Plan plan, long headBytes) {
    this.channel = channel;
    this.plan = plan;
    this.layout = new LedgerLayout(plan == null ? 0 : plan.size());
    this.page = ByteBuffer.allocate(RECORDS_AT_ONCE * layout.bytes()).limit(0);
    this.bytesRead = headBytes;
  }

  /**
   * Opens a file and reads its head.
   *
   * @throws LedgerFormatException when it is something else, or of another version
   */
  public static LedgerReader open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      ByteBuffer prefix = read(channel, LedgerHeader.PREFIX_BYTES);
      if (!LedgerHeader.begins(prefix)) {
        throw new LedgerFormatException(
            path + " is no file of ledgers; it must be one that a server wrote under DATA/ledgers");
      }
      if (prefix.remaining() == LedgerHeader.PREFIX_BYTES) {
        int bytes = LedgerHeader.planBytes(prefix, path);
        ByteBuffer plan = read(channel, bytes);
        if (plan.remaining() == bytes) {
          return new LedgerReader(
              channel, LedgerHeader.decode(plan.array(), path), LedgerHeader.PREFIX_BYTES + bytes);
        }
      }
      return new LedgerReader(channel, null, 0);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ByteBuffer read(FileChannel channel, int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(bytes);
    while (into.hasRemaining() && channel.read(into) >= 0) {
      // A read may give less than there is.
    }
    return into.flip();
  }

  /**
   * The plan the ledgers were measured against. Empty when the file was cut short within its head:
   * then it holds no ledger.
   */
  public Optional<Plan> plan() {
    return Optional.ofNullable(plan);
  }

  /** The next ledger; null after the last whole one. */
  public @Nullable RecordedLedger next() throws IOException {
    if (plan == null) {
      return null;
    }
    if (page.remaining() < layout.bytes() && !fill()) {
      return null;
    }
    int at = page.position();
    if (!layout.isRecord(page, at)) {
      return null;
    }
    page.position(at + layout.bytes());
    bytesRead += layout.bytes();
    return layout.get(page, at);
  }

  /** Whether there is a whole record now. */
  private boolean fill() throws IOException {
    page.compact();
    while (page.hasRemaining() && channel.read(page) >= 0) {
      // Until the page is full or the file ends.
    }
    page.flip();
    return page.remaining() >= layout.bytes();
  }

  /** How many bytes were understood so far: the head and whole records. */
  public long bytesRead() {
    return bytesRead;
  }

  /** How many bytes of the file come after those; at its end, what holds no whole record. */
  public long bytesLeft() throws IOException {
    return channel.size() - bytesRead;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
