package io.sub30.gateway;

import io.sub30.v1.ListSignalsRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reading {@code GET /v1/signals?symbol=&terminal=&since=&limit=&cursor=}, or its gRPC twin,
 * came to.
 */
sealed interface SignalsQuery {
  /** Most signals on a page. */
  int MAX_LIMIT = 500;

  /** Signals on a page when nothing is said. */
  int DEFAULT_LIMIT = 100;

  /** Longest cursor, characters. */
  int MAX_CURSOR_LENGTH = 128;

  /** A request within its limits; its limit is never 0. */
  record Accepted(ListSignalsRequest request) implements SignalsQuery {}

  /** No request: a {@link ProblemCode#MALFORMED}. */
  record Refusal(String detail) implements SignalsQuery {}

  /**
   * Reads a query string.
   *
   * @param query what follows the question mark, still percent-encoded; null when there is none
   */
  static SignalsQuery parse(@Nullable String query) {
    try {
      QueryParams params =
          QueryParams.parse(query, List.of("symbol", "terminal", "since", "limit", "cursor"));
      ListSignalsRequest.Builder request =
          ListSignalsRequest.newBuilder()
              .setSinceMsc(params.epochMillis("since", 0))
              .setLimit(params.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT));
      setTexts(request, params);
      return check(request.build());
    } catch (Refused e) {
      return new Refusal(e.detail());
    }
  }

  private static void setTexts(ListSignalsRequest.Builder request, QueryParams params)
      throws Refused {
    String symbol = params.text("symbol");
    if (symbol != null) {
      // Before protobuf sees it: half a surrogate pair would fail there.
      if (!Identifiers.isSymbol(symbol)) {
        throw QueryParams.wrong("symbol", symbol, Identifiers.SYMBOL_RULE);
      }
      request.setSymbol(symbol);
    }
    String terminal = params.text("terminal");
    if (terminal != null) {
      request.setTerminal(terminal);
    }
    String cursor = params.text("cursor");
    if (cursor != null) {
      request.setCursor(cursor);
    }
  }

  /** Checks a request however it came; a limit of 0 becomes {@link #DEFAULT_LIMIT}. */
  static SignalsQuery check(ListSignalsRequest request) {
    if (!request.getSymbol().isEmpty() && !Identifiers.isSymbol(request.getSymbol())) {
      return refusal("symbol", request.getSymbol(), Identifiers.SYMBOL_RULE);
    }
    if (!request.getTerminal().isEmpty() && !Identifiers.isTerminal(request.getTerminal())) {
      return refusal("terminal", request.getTerminal(), Identifiers.TERMINAL_RULE);
    }
    if (request.getSinceMsc() < 0) {
      return refusal("since_msc", Long.toString(request.getSinceMsc()), "0 or more");
    }
    long limit = Integer.toUnsignedLong(request.getLimit());
    if (limit > MAX_LIMIT) {
      return refusal("limit", Long.toString(limit), "an integer of 1 to " + MAX_LIMIT);
    }
    String cursor = request.getCursor();
    boolean cursorReads =
        cursor.length() <= MAX_CURSOR_LENGTH
            && StrictBase64Url.decode(cursor, 0, cursor.length()) != null;
    if (!cursorReads) {
      return refusal("cursor", cursor, "the 'next' of the page before, unchanged");
    }
    return new Accepted(limit == 0 ? request.toBuilder().setLimit(DEFAULT_LIMIT).build() : request);
  }

  private static Refusal refusal(String name, String value, String right) {
    return new Refusal(QueryParams.wrong(name, value, right).detail());
  }
}
