package io.sub30.client;

import io.sub30.market.SourceOptions;
import io.sub30.market.Symbols;
import io.sub30.market.TickFormat;
import io.sub30.market.TickSlot;
import io.sub30.market.TickSource;
import io.sub30.v1.Tick;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ticks from files, one after the other as one stream, and from the trades that the program
 * carries. Times are UTC.
 */
public final class TickFiles {
  private static final String SYMBOLS = "/conf/symbols.yaml";

  private TickFiles() {}

  /** The next source of a chain, or null when there is none left. */
  private interface Chain {
    @Nullable TickSource open(int position) throws IOException;
  }

  /**
   * Files of one format.
   *
   * @param format {@code mt5}, {@code mt5-bars}, {@code lean} or {@code bitstamp}
   * @throws IllegalArgumentException naming the format, or the first file that cannot be opened and
   *     why
   */
  public static TickSupply of(String format, List<Path> files) {
    TickFormat how = TickFormat.of(format);
    List<Path> inOrder = List.copyOf(files);
    SourceOptions options = SourceOptions.utc(symbols());
    for (Path file : inOrder) {
      openable(how, file, options);
    }
    return () -> new Joined(n -> n < inOrder.size() ? how.open(inOrder.get(n), options) : null);
  }

  /** 100,000 BTC/USD trades of Bitstamp, 2013-11-25 to 12-01. */
  public static TickSupply sample() {
    Symbols symbols = symbols();
    return () -> new Joined(n -> n == 0 ? TickFormat.openSample(symbols) : null);
  }

  /**
   * What is wrong with a file's name or place is better said before the first batch than in the
   * middle of a run.
   */
  private static void openable(TickFormat how, Path file, SourceOptions options) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException("file " + file + ": there is no such readable file");
    }
    try (TickSource source = how.open(file, options)) {
      source.symbol();
    } catch (IOException e) {
      throw new IllegalArgumentException("file " + file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("file " + e.getMessage(), e);
    }
  }

  private static Symbols symbols() {
    try (InputStream in = TickFiles.class.getResourceAsStream(SYMBOLS)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks " + SYMBOLS);
      }
      return Symbols.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(SYMBOLS + " on the class path cannot be read", e);
    }
  }

  /** One source after the other; one is open at a time. */
  private static final class Joined implements TickSupply.Ticks {
    private final Chain chain;
    private @Nullable TickSource source;
    private int position;

    Joined(Chain chain) throws IOException {
      this.chain = chain;
      this.source = chain.open(position);
    }

    @Override
    public @Nullable Tick next() throws IOException {
      while (source != null) {
        if (source.next()) {
          return tick(source.symbol(), source.tick());
        }
        source.close();
        position++;
        source = null;
        source = chain.open(position);
      }
      return null;
    }

    /** In a slot 0 stands for absent; in a message an absent price is left out. */
    private static Tick tick(String symbol, TickSlot slot) {
      Tick.Builder tick =
          Tick.newBuilder().setSymbol(symbol).setTimeMsc(slot.timeMsc).setFlags(slot.flags);
      if (slot.bid != 0) {
        tick.setBid(slot.bid);
      }
      if (slot.ask != 0) {
        tick.setAsk(slot.ask);
      }
      if (slot.last != 0) {
        tick.setLast(slot.last);
      }
      if (slot.volume != 0) {
        tick.setVolume(slot.volume);
      }
      return tick.build();
    }

    @Override
    public void close() throws IOException {
      if (source != null) {
        source.close();
      }
    }
  }
}
