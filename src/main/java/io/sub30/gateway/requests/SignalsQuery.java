package io.sub30.gateway.requests;

import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.requests.Reading.Accepted;
import io.sub30.gateway.requests.Reading.Refusal;
import io.sub30.gateway.text.Identifiers;
import io.sub30.gateway.text.Refused;
import io.sub30.gateway.text.StrictBase64Url;
import io.sub30.v1.ListSignalsRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code GET /v1/signals?symbol=&terminal=&since=&limit=&cursor=}, and its gRPC twin. A token
 * that is bound to a terminal sees that terminal's signals only.
 */
public final class SignalsQuery {
  /** Most signals on a page. */
  public static final int MAX_LIMIT = 500;

  /** Signals on a page when nothing is said. */
  public static final int DEFAULT_LIMIT = 100;

  /** Longest cursor, characters. */
  static final int MAX_CURSOR_LENGTH = 128;

  /** Those of the query; any other is refused. */
  public static final List<String> PARAMETERS =
      List.of("symbol", "terminal", "since", "limit", "cursor");

  private SignalsQuery() {}

  /**
   * Reads a query string.
   *
   * @param principal who asks
   * @param query what follows the question mark, still percent-encoded; null when there is none
   */
  public static Reading<ListSignalsRequest> parse(Principal principal, @Nullable String query) {
    try {
      QueryParams params = QueryParams.parse(query, PARAMETERS);
      ListSignalsRequest.Builder request =
          ListSignalsRequest.newBuilder()
              .setSinceMsc(params.epochMillis("since", 0))
              .setLimit(params.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT));
      setTexts(request, params);
      return check(principal, request.build());
    } catch (Refused e) {
      return new Refusal<>(ProblemCode.MALFORMED, e.detail());
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
  public static Reading<ListSignalsRequest> check(Principal principal, ListSignalsRequest request) {
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
    String terminal = principal.readsOf(request.getTerminal());
    if (terminal == null) {
      return new Refusal<>(ProblemCode.FORBIDDEN, principal.notOf(request.getTerminal()));
    }
    return new Accepted<>(
        request.toBuilder()
            .setTerminal(terminal)
            .setLimit(limit == 0 ? DEFAULT_LIMIT : (int) limit)
            .build());
  }

  private static Refusal<ListSignalsRequest> refusal(String name, String value, String right) {
    return new Refusal<>(ProblemCode.MALFORMED, QueryParams.wrong(name, value, right).detail());
  }
}
