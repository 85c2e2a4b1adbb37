package io.sub30.market;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The tick file formats, plain or zipped (the first {@code .csv} or {@code .txt} of the archive is
 * read).
 */
public enum TickFormat {
  /** Quotes of QuantConnect's Lean, see {@link LeanRows}. */
  LEAN("lean", "\\d{8}_([A-Za-z0-9]+)_tick_quote\\.csv", null),
  /** Trades of Bitstamp, see {@link BitstampRows}. */
  BITSTAMP("bitstamp", null, "BTCUSD"),
  /** Ticks exported by MetaTrader 5, see {@link Mt5Rows}. */
  MT5("mt5", "([^_/\\\\]+)_.*", null),
  /** M1 bars exported by MetaTrader 5, see {@link Mt5BarRows}. */
  MT5_BARS("mt5-bars", "([^_/\\\\]+)_.*", null);

  /** Where the class path carries 100,000 real trades, {@link #BITSTAMP}. */
  public static final String SAMPLE_RESOURCE = "/sample/bitstamp_trades_from_20131125_usd.csv";

  private final String label;
  private final @Nullable Pattern symbolInName;
  private final @Nullable String onlySymbol;

  TickFormat(String label, @Nullable String symbolInName, @Nullable String onlySymbol) {
    this.label = label;
    this.symbolInName = symbolInName == null ? null : Pattern.compile(symbolInName);
    this.onlySymbol = onlySymbol;
  }

  /** The name used on command lines. */
  public String label() {
    return label;
  }

  /**
   * The format of that {@link #label}.
   *
   * @throws IllegalArgumentException listing the labels there are
   */
  public static TickFormat of(String label) {
    for (TickFormat each : values()) {
      if (each.label.equals(label)) {
        return each;
      }
    }
    String known = Arrays.stream(values()).map(TickFormat::label).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("format is '" + label + "' but must be one of " + known);
  }

  /**
   * Opens a file.
   *
   * @throws IllegalArgumentException when the file's name or the options do not say what the format
   *     leaves open
   * @throws IOException when it cannot be read
   */
  public TickSource open(Path file, SourceOptions options) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      return open(in, String.valueOf(file.getFileName()), Files.size(file), options);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * Opens a stream of unknown length; {@code name} stands for the file's name. The source closes
   * the stream.
   */
  public TickSource open(InputStream in, String name, SourceOptions options) throws IOException {
    return open(in, name, -1, options);
  }

  /** Opens the sample of real trades on the class path. */
  public static TickSource openSample(Symbols symbols) throws IOException {
    InputStream in = TickFormat.class.getResourceAsStream(SAMPLE_RESOURCE);
    if (in == null) {
      throw new IOException("the class path lacks " + SAMPLE_RESOURCE);
    }
    return BITSTAMP.open(in, SAMPLE_RESOURCE, in.available(), SourceOptions.utc(symbols));
  }

  private TickSource open(InputStream in, String name, long bytes, SourceOptions options)
      throws IOException {
    if (!name.toLowerCase(Locale.ROOT).endsWith(".zip")) {
      return source(in, name, name, bytes, options);
    }
    var zip = new ZipInputStream(in);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      String inner = entry.getName().toLowerCase(Locale.ROOT);
      if (inner.endsWith(".csv") || inner.endsWith(".txt")) {
        // Streamed archives tell the size after the data; text of ticks packs about eight to one.
        long size = entry.getSize() >= 0 ? entry.getSize() : bytes < 0 ? -1 : bytes * 8;
        return source(zip, name, entry.getName(), size, options);
      }
    }
    throw new IOException(name + ": the archive holds no .csv or .txt file");
  }

  private TickSource source(
      InputStream in, String file, String inner, long bytes, SourceOptions options) {
    String symbol = symbol(file, inner, options);
    Rows rows =
        switch (this) {
          case LEAN -> new LeanRows(file, options.zone());
          case BITSTAMP -> new BitstampRows(options.zone());
          case MT5 -> new Mt5Rows(options.zone());
          case MT5_BARS -> new Mt5BarRows(options.zone(), point(file, symbol, options.symbols()));
        };
    return new LineTickSource(new Lines(in, file), rows, symbol, bytes);
  }

  private String symbol(String file, String inner, SourceOptions options) {
    if (options.symbol() != null) {
      return options.symbol();
    }
    if (onlySymbol != null) {
      return onlySymbol;
    }
    if (symbolInName != null) {
      for (String name : List.of(inner, file)) {
        Matcher matcher = symbolInName.matcher(name);
        if (matcher.matches()) {
          return matcher.group(1);
        }
      }
    }
    throw new IllegalArgumentException(file + ": its name does not say the symbol; give one");
  }

  private static double point(String file, String symbol, Symbols symbols) {
    Symbol known = symbols.resolve(symbol);
    if (known == null) {
      throw new IllegalArgumentException(
          file + ": symbol '" + symbol + "' is not in symbols.yaml, so its price step is unknown");
    }
    return known.point();
  }
}
