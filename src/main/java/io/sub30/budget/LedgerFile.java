package io.sub30.budget;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file of recorded ledgers while it is written: a head that holds the plan, then records of one
 * size, nothing between them and nothing after. {@link LedgerReader} reads it.
 *
 * <p>Nothing is forced to disk: these are measurements, not records of what was promised. Not
 * thread-safe.
 */
public final class LedgerFile implements Closeable {

  /** How the names of such files end. */
  public static final String SUFFIX = ".ledgers";

  private final FileChannel channel;
  private final int recordBytes;
  private long bytes;

  private LedgerFile(FileChannel channel, int recordBytes, long bytes) {
    this.channel = channel;
    this.recordBytes = recordBytes;
    this.bytes = bytes;
  }

  /**
   * Makes a file that only its owner can read, and writes its head.
   *
   * @throws IOException when it exists or cannot be written; then nothing is left of it
   */
  public static LedgerFile create(Path path, Plan plan) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      ByteBuffer head = LedgerHeader.encode(plan);
      int length = head.remaining();
      write(channel, head);
      return new LedgerFile(channel, new LedgerLayout(plan.size()).bytes(), length);
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(path);
      throw e;
    }
  }

  /**
   * Adds whole records of the file's plan, all of them or none.
   *
   * @throws IllegalArgumentException when these are not whole records
   */
  public void append(ByteBuffer records) throws IOException {
    int length = records.remaining();
    if (length % recordBytes != 0) {
      throw new IllegalArgumentException(
          length + " bytes are no whole number of records of " + recordBytes + " bytes");
    }
    try {
      write(channel, records);
      bytes += length;
    } catch (IOException e) {
      // Half a record would shift all that follow it.
      channel.truncate(bytes).position(bytes);
      throw e;
    }
  }

  /** How long it is by now. */
  public long bytes() {
    return bytes;
  }

  private static void write(FileChannel channel, ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      channel.write(from);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
