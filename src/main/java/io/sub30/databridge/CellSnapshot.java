package io.sub30.databridge;

import io.sub30.market.SymbolState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The bytes of a cell: magic, CRC-32C of what follows, ordinal, then terminals and their symbols,
 * both sorted by name, so that equal states have equal bytes. About 5 KB a symbol.
 */
final class CellSnapshot {

  private static final int MAGIC = 0x53333042; // "S30B"
  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final int MAX_ENTRIES = 10_000;

  private CellSnapshot() {}

  static byte[] write(long ordinal, Map<String, TerminalCell> terminals) {
    ByteBuffer out = ByteBuffer.allocate(size(terminals));
    out.putInt(MAGIC).putInt(0).putLong(ordinal).putInt(terminals.size());
    for (TerminalCell terminal : new TreeMap<>(terminals).values()) {
      name(out, terminal.name);
      out.putLong(terminal.ordinal).putInt(terminal.symbols.size());
      for (SymbolCell cell : new TreeMap<>(terminal.symbols).values()) {
        name(out, cell.name);
        cell.state.write(out);
      }
    }
    out.putInt(Integer.BYTES, checksum(out.array()));
    return out.array();
  }

  private static int size(Map<String, TerminalCell> terminals) {
    long size = HEADER_BYTES + Long.BYTES + Integer.BYTES;
    for (TerminalCell terminal : terminals.values()) {
      size += nameBytes(terminal.name) + Long.BYTES + Integer.BYTES;
      for (SymbolCell cell : terminal.symbols.values()) {
        size += nameBytes(cell.name) + SymbolState.SNAPSHOT_BYTES;
      }
    }
    return Math.toIntExact(size);
  }

  private static int nameBytes(String name) {
    return Integer.BYTES + name.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void name(ByteBuffer out, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    out.putInt(bytes.length).put(bytes);
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
    return (int) crc.getValue();
  }

  /** Fills {@code terminals}; the ordinal comes back. */
  static long read(byte[] bytes, Map<String, TerminalCell> terminals) {
    if (bytes.length < HEADER_BYTES) {
      throw new IllegalArgumentException(
          "bridge state has " + bytes.length + " bytes, too few to be one");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC || in.getInt() != checksum(bytes)) {
      throw new IllegalArgumentException(
          "bridge state of " + bytes.length + " bytes is damaged or none");
    }
    try {
      long ordinal = in.getLong();
      int count = count(in);
      for (int i = 0; i < count; i++) {
        TerminalCell terminal = terminal(in);
        terminals.put(terminal.name, terminal);
      }
      return ordinal;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("bridge state ends early", e);
    }
  }

  private static TerminalCell terminal(ByteBuffer in) {
    TerminalCell terminal = new TerminalCell(name(in));
    terminal.ordinal = in.getLong();
    int count = count(in);
    for (int i = 0; i < count; i++) {
      SymbolCell cell = new SymbolCell(name(in));
      cell.state.read(in);
      terminal.symbols.put(cell.name, cell);
    }
    return terminal;
  }

  private static int count(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "bridge state counts " + count + " entries, at most " + MAX_ENTRIES);
    }
    return count;
  }

  private static String name(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("bridge state has a name of " + length + " bytes");
    }
    byte[] name = new byte[length];
    in.get(name);
    return new String(name, StandardCharsets.UTF_8);
  }
}
