package io.sub30.trading;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tenant's committed state on its way to and from bytes. Version 1: version, ordinal, kill
 * switch, terminals by the age of their last signal, each with its signals oldest first.
 *
 * @param logs in order
 */
record Snapshot(long ordinal, boolean killed, Map<String, SignalLog> logs) {

  private static final int VERSION = 1;

  static byte[] write(long ordinal, boolean killed, Map<String, SignalLog> logs) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(ordinal);
      out.writeBoolean(killed);
      out.writeShort(logs.size());
      for (Map.Entry<String, SignalLog> each : logs.entrySet()) {
        SignalLog log = each.getValue();
        out.writeUTF(each.getKey());
        out.writeShort(log.size());
        for (int i = 0; i < log.size(); i++) {
          out.writeUTF(log.symbol(i));
          out.writeLong(log.asOfMsc(i));
          out.writeLong(log.units(i));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array cannot fail, a name over 65,535 bytes can", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException when the bytes are cut, too long, or of another version
   */
  static Snapshot read(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "the trading state is of version " + version + ", readable is " + VERSION);
      }
      long ordinal = in.readLong();
      boolean killed = in.readBoolean();
      int terminals = bounded("terminals", in.readUnsignedShort(), TradingState.MAX_TERMINALS);
      var logs = new LinkedHashMap<String, SignalLog>();
      for (int i = 0; i < terminals; i++) {
        String terminal = in.readUTF();
        logs.put(terminal, log(in));
      }
      if (in.read() >= 0) {
        throw new IllegalArgumentException("the trading state has bytes after its end");
      }
      return new Snapshot(ordinal, killed, logs);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the trading state of " + bytes.length + " bytes cannot be read: " + e.getMessage(), e);
    }
  }

  private static SignalLog log(DataInputStream in) throws IOException {
    int signals = bounded("signals", in.readUnsignedShort(), SignalLog.CAPACITY);
    SignalLog log = new SignalLog();
    for (int i = 0; i < signals; i++) {
      log.propose(in.readUTF(), in.readLong(), in.readLong());
    }
    log.keep();
    return log;
  }

  private static int bounded(String what, int count, int max) {
    if (count > max) {
      throw new IllegalArgumentException(
          "the trading state has " + count + ' ' + what + ", at most " + max + " are possible");
    }
    return count;
  }
}
