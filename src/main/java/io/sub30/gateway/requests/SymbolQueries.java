package io.sub30.gateway.requests;

import com.google.protobuf.MessageLite;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.requests.Reading.Accepted;
import io.sub30.gateway.requests.Reading.Refusal;
import io.sub30.gateway.text.Identifiers;
import io.sub30.gateway.text.Refused;
import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import io.sub30.market.Timeframe;
import io.sub30.v1.BarsRequest;
import io.sub30.v1.LatestRequest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads questions about one symbol, which may be written as the broker writes it. Without {@code
 * terminal=} it is the token's own, if the token has one, else the one that wrote the symbol last.
 */
public final class SymbolQueries {

  /** Most bars on a page, and as many when nothing is said. */
  static final int MAX_BARS = 1_000;

  static final int DEFAULT_BARS = 100;

  /** A bar's time is a tick's, and ticks are not later than that: 9999-12-31T23:59:59.999Z. */
  private static final long END_OF_TIME_MSC = 253_402_300_799_999L;

  /** The parameters of a quote or prediction. */
  public static final List<String> LATEST = List.of("terminal");

  /** The parameters of bars. */
  public static final List<String> BARS =
      List.of("timeframe", "terminal", "from", "to", "limit", "cursor");

  private final Symbols symbols;

  /** Questions about those symbols, however they are spelled. */
  public SymbolQueries(Symbols symbols) {
    this.symbols = symbols;
  }

  /**
   * A question for the last quote, or the last prediction.
   *
   * @param query what follows the question mark; null when there is none
   */
  public Reading<LatestRequest> latest(
      Principal principal, String symbol, @Nullable String query, boolean prediction) {
    try {
      String terminal = QueryParams.parse(query, LATEST).text("terminal");
      return ofTerminal(principal, symbol, terminal == null ? "" : terminal, prediction);
    } catch (Refused e) {
      return new Refusal<>(ProblemCode.MALFORMED, e.detail());
    }
  }

  /** As above, of a message; an empty terminal is none. */
  public Reading<LatestRequest> prediction(Principal principal, String symbol, String terminal) {
    return ofTerminal(principal, symbol, terminal, true);
  }

  private Reading<LatestRequest> ofTerminal(
      Principal principal, String symbol, String terminal, boolean prediction) {
    Refusal<LatestRequest> refusal = refusal(principal, symbol, terminal);
    return refusal != null
        ? refusal
        : new Accepted<>(
            LatestRequest.newBuilder()
                .setSymbol(canonical(symbol))
                .setTerminal(terminal(principal, terminal))
                .setPrediction(prediction)
                .build());
  }

  /** A question for bars. */
  public Reading<BarsRequest> bars(Principal principal, String symbol, @Nullable String query) {
    try {
      QueryParams params = QueryParams.parse(query, BARS);
      String terminal = params.text("terminal");
      String asked = terminal == null ? "" : terminal;
      Refusal<BarsRequest> refusal = refusal(principal, symbol, asked);
      return refusal != null
          ? refusal
          : new Accepted<>(
              range(params)
                  .setSymbol(canonical(symbol))
                  .setTerminal(terminal(principal, asked))
                  .build());
    } catch (Refused e) {
      return new Refusal<>(ProblemCode.MALFORMED, e.detail());
    }
  }

  private static BarsRequest.Builder range(QueryParams params) throws Refused {
    String named = params.text("timeframe");
    Timeframe timeframe = named == null ? Timeframe.M1 : Timeframe.of(named);
    if (timeframe == null) {
      throw QueryParams.wrong(
          "timeframe", String.valueOf(named), "one of " + Arrays.toString(Timeframe.values()));
    }
    long from = params.epochMillis("from", -1);
    long to = params.epochMillis("to", END_OF_TIME_MSC);
    if (from > to) {
      throw QueryParams.wrong("from", Long.toString(from), "no later than to, " + to);
    }
    String cursor = params.text("cursor");
    if (cursor != null) {
      from = cursor(cursor, timeframe, from, to);
    }
    return BarsRequest.newBuilder()
        .setTimeframe(timeframe.name())
        .setFromMsc(from)
        .setToMsc(to)
        .setLimit(params.integer("limit", 1, MAX_BARS, DEFAULT_BARS));
  }

  /** A cursor is where the next page begins. */
  private static long cursor(String cursor, Timeframe timeframe, long from, long to)
      throws Refused {
    long next = QueryParams.digits(cursor);
    if (next < Math.max(from, 0) || next > to || timeframe.floor(next) != next) {
      throw QueryParams.wrong("cursor", cursor, "the 'next' of the page before, unchanged");
    }
    return next;
  }

  private <Q extends MessageLite> @Nullable Refusal<Q> refusal(
      Principal principal, String symbol, String terminal) {
    if (!Identifiers.isSymbol(symbol)) {
      return new Refusal<>(
          ProblemCode.MALFORMED,
          QueryParams.wrong("symbol", symbol, Identifiers.SYMBOL_RULE).detail());
    }
    if (!terminal.isEmpty() && !Identifiers.isTerminal(terminal)) {
      return new Refusal<>(
          ProblemCode.MALFORMED,
          QueryParams.wrong("terminal", terminal, Identifiers.TERMINAL_RULE).detail());
    }
    if (principal.readsOf(terminal) == null) {
      return new Refusal<>(ProblemCode.FORBIDDEN, principal.notOf(terminal));
    }
    return symbols.resolve(symbol) == null
        ? new Refusal<>(ProblemCode.NOT_FOUND, "no symbol is called " + Refused.shown(symbol))
        : null;
  }

  private String canonical(String symbol) {
    Symbol known = symbols.resolve(symbol);
    if (known == null) {
      throw new IllegalStateException("the symbol was known a moment ago");
    }
    return known.name();
  }

  private static String terminal(Principal principal, String asked) {
    String shown = principal.readsOf(asked);
    if (shown == null) {
      throw new IllegalStateException("the terminal was the token's a moment ago");
    }
    return shown;
  }
}
