package io.sub30.budget;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a file of ledgers begins with: eight letters, a version, the length of the rest, and the
 * plan the ledgers were measured against (total, tier totals, names and budgets of the lines).
 */
final class LedgerHeader {

  static final int PREFIX_BYTES = 16;
  static final int VERSION = 1;

  /** 32 lines of names that nobody would want to read fit many times. */
  private static final int MAX_PLAN_BYTES = 1 << 16;

  private static final byte[] MAGIC = "SUB30LDG".getBytes(StandardCharsets.US_ASCII);

  private LedgerHeader() {}

  static ByteBuffer encode(Plan plan) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(plan.totalNanos());
    for (Tier tier : Tier.values()) {
      out.writeLong(plan.totalNanos(tier));
    }
    out.writeInt(plan.size());
    for (Plan.Line line : plan.lines()) {
      out.writeUTF(line.name());
      out.writeLong(line.budget().toNanos());
    }
    return ByteBuffer.allocate(PREFIX_BYTES + bytes.size())
        .put(MAGIC)
        .putInt(VERSION)
        .putInt(bytes.size())
        .put(bytes.toByteArray())
        .flip();
  }

  /** Whether those first bytes of a file are, as far as they go, those of a file of ledgers. */
  static boolean begins(ByteBuffer prefix) {
    byte[] letters = new byte[Math.min(prefix.remaining(), MAGIC.length)];
    prefix.duplicate().get(letters);
    return Arrays.equals(letters, 0, letters.length, MAGIC, 0, letters.length);
  }

  /**
   * The length of the plan that follows the prefix.
   *
   * @throws LedgerFormatException for another version, or a length that no plan has
   */
  static int planBytes(ByteBuffer prefix, Path file) throws LedgerFormatException {
    int version = prefix.getInt(MAGIC.length);
    if (version != VERSION) {
      throw new LedgerFormatException(
          file
              + " is of version "
              + version
              + "; this program reads ledgers of version "
              + VERSION);
    }
    int bytes = prefix.getInt(MAGIC.length + Integer.BYTES);
    if (bytes <= 0 || bytes > MAX_PLAN_BYTES) {
      throw damaged(file, "a plan of " + bytes + " bytes", null);
    }
    return bytes;
  }

  /**
   * The plan.
   *
   * @throws LedgerFormatException when these bytes are none
   */
  static Plan decode(byte[] plan, Path file) throws LedgerFormatException {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(plan));
      Duration total = Duration.ofNanos(in.readLong());
      Map<Tier, Duration> tiers = new EnumMap<>(Tier.class);
      for (Tier tier : Tier.values()) {
        tiers.put(tier, Duration.ofNanos(in.readLong()));
      }
      int size = in.readInt();
      if (size < 1 || size > Plan.MAX_LINES) {
        throw damaged(file, size + " lines", null);
      }
      List<Plan.Line> lines = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        lines.add(new Plan.Line(in.readUTF(), Duration.ofNanos(in.readLong())));
      }
      return new Plan(lines, total, tiers);
    } catch (LedgerFormatException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static LedgerFormatException damaged(Path file, String what, @Nullable Exception cause) {
    String message = file + " has a damaged head (" + what + "): its ledgers cannot be read";
    return cause == null
        ? new LedgerFormatException(message)
        : new LedgerFormatException(message, cause);
  }
}
