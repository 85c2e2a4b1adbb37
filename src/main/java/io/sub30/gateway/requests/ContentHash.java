package io.sub30.gateway.requests;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.sub30.gateway.text.Sha256;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * SHA-256 of what a batch says, whichever encoding it came in: two batches with one key are the
 * same batch exactly when their hashes are.
 *
 * <p>Hashed are terminal, sequence, offset and every field of every tick, each absent value told
 * from zero and doubles by their bits. Not hashed are {@code client_rtt_us}, which is measured anew
 * for every attempt, and {@code want}, which asks for a part of the answer and changes nothing that
 * is stored: a resend that differs only there is still the same batch, not a conflict. Unknown
 * protobuf fields are not stored and not hashed.
 *
 * <p>The bytes hashed can be read back unambiguously (lengths before contents), so no two contents
 * share them. Not thread-safe: one per lane. Allocates the hash alone.
 */
public final class ContentHash {
  /**
   * Raised whenever the bytes below change: stored hashes of another version are then not compared
   * by accident.
   */
  private static final byte VERSION = 1;

  private static final int BUFFER_BYTES = 4_096;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle CHARS =
      MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.BIG_ENDIAN);

  private final MessageDigest digest = Sha256.digest();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;

  /** 32 bytes. */
  public ByteString of(TickBatch batch) {
    used = 0;
    digest.reset(); // what a failed call may have left
    putByte(VERSION);
    putText(batch.getTerminal());
    putLong(batch.getSequence());
    putInt(batch.getServerUtcOffsetS());
    int count = batch.getTicksCount();
    putInt(count);
    for (int i = 0; i < count; i++) {
      putTick(batch.getTicks(i));
    }
    digest.update(buffer, 0, used);
    return UnsafeByteOperations.unsafeWrap(digest.digest());
  }

  private void putTick(Tick tick) {
    int present =
        (tick.hasBid() ? 1 : 0)
            | (tick.hasAsk() ? 2 : 0)
            | (tick.hasLast() ? 4 : 0)
            | (tick.hasVolume() ? 8 : 0);
    putByte((byte) present);
    putText(tick.getSymbol());
    putLong(tick.getTimeMsc());
    putInt(tick.getFlags());
    if (tick.hasBid()) {
      putLong(Double.doubleToRawLongBits(tick.getBid()));
    }
    if (tick.hasAsk()) {
      putLong(Double.doubleToRawLongBits(tick.getAsk()));
    }
    if (tick.hasLast()) {
      putLong(Double.doubleToRawLongBits(tick.getLast()));
    }
    if (tick.hasVolume()) {
      putLong(Double.doubleToRawLongBits(tick.getVolume()));
    }
  }

  /** UTF-16 as it lies in the string: nothing is encoded anew. */
  private void putText(String text) {
    putInt(text.length());
    for (int i = 0; i < text.length(); i++) {
      reserve(Character.BYTES);
      CHARS.set(buffer, used, text.charAt(i));
      used += Character.BYTES;
    }
  }

  private void putByte(byte value) {
    reserve(Byte.BYTES);
    buffer[used++] = value;
  }

  private void putInt(int value) {
    reserve(Integer.BYTES);
    INTS.set(buffer, used, value);
    used += Integer.BYTES;
  }

  private void putLong(long value) {
    reserve(Long.BYTES);
    LONGS.set(buffer, used, value);
    used += Long.BYTES;
  }

  private void reserve(int bytes) {
    if (used + bytes > BUFFER_BYTES) {
      digest.update(buffer, 0, used);
      used = 0;
    }
  }
}
