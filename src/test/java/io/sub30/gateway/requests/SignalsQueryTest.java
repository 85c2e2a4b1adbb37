package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.v1.ListSignalsRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalsQueryTest {
  private static final Principal ANY = principal(null);

  private static Principal principal(@Nullable String terminal) {
    return new Principal("acme", Tier.FREE, terminal, Scope.API, Long.MAX_VALUE);
  }

  private static ListSignalsRequest accepted(Reading<ListSignalsRequest> reading) {
    assertThat(reading).isInstanceOf(Reading.Accepted.class);
    return ((Reading.Accepted<ListSignalsRequest>) reading).request();
  }

  @Test
  void check_tokenOfOneTerminal_seesThatOneOnly() {
    Principal bound = principal("desk-1");
    ListSignalsRequest all = ListSignalsRequest.getDefaultInstance();

    assertThat(accepted(SignalsQuery.parse(bound, null)).getTerminal()).isEqualTo("desk-1");
    assertThat(accepted(SignalsQuery.check(bound, all)).getTerminal()).isEqualTo("desk-1");
    assertThat(accepted(SignalsQuery.parse(bound, "terminal=desk-1")).getTerminal())
        .isEqualTo("desk-1");
    assertThat(SignalsQuery.parse(bound, "terminal=desk-2"))
        .isEqualTo(
            new Reading.Refusal<ListSignalsRequest>(
                ProblemCode.FORBIDDEN,
                "the token is for terminal desk-1, the question for desk-2"));
    assertThat(SignalsQuery.check(bound, all.toBuilder().setTerminal("desk-2").build()))
        .isInstanceOf(Reading.Refusal.class);
  }

  @Test
  void parse_nothing_asksForTheFirstHundred() {
    ListSignalsRequest expected = ListSignalsRequest.newBuilder().setLimit(100).build();

    assertThat(accepted(SignalsQuery.parse(ANY, null))).isEqualTo(expected);
    assertThat(accepted(SignalsQuery.parse(ANY, ""))).isEqualTo(expected);
    assertThat(accepted(SignalsQuery.check(ANY, ListSignalsRequest.getDefaultInstance())))
        .isEqualTo(expected);
  }

  @Test
  void parse_everything_keepsIt() {
    String query = "symbol=EURUSD.%C2%A3&terminal=desk-1&since=1767603600000&limit=500&cursor=QUJD";

    assertThat(accepted(SignalsQuery.parse(ANY, query)))
        .isEqualTo(
            ListSignalsRequest.newBuilder()
                .setSymbol("EURUSD.£")
                .setTerminal("desk-1")
                .setSinceMsc(1_767_603_600_000L)
                .setLimit(500)
                .setCursor("QUJD")
                .build());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-05T09:00:00Z,1767603600000",
    "2026-01-05t09:00:00z,1767603600000",
    "2026-01-05T11:00:00+02:00,1767603600000",
    "2026-01-05T11:00:00%2B02:00,1767603600000",
    "2026-01-05T09:00:00.1239Z,1767603600123",
    "1970-01-01T00:00:00Z,0",
    "0,0",
    "253402300799999,253402300799999",
  })
  void parse_since_readsBothForms(String since, long millis) {
    assertThat(accepted(SignalsQuery.parse(ANY, "since=" + since)).getSinceMsc()).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "symbols=A|parameter 'symbols' is not known; known are symbol, terminal, since, limit,"
            + " cursor",
        "symbol=A&symbol=A|parameter symbol is there twice",
        "symbol=|parameter symbol is empty",
        "symbol|parameter symbol is empty",
        "symbol=A&|parameter '' is not known",
        "symbol=%ED%A0%80|not UTF-8",
        "symbol=%C3|not UTF-8",
        "symbol=%zz|two hex digits",
        "symbol=%4|two hex digits",
        "symbol=é|percent-encoded",
        "symbol=%00|parameter symbol is '?'",
        "symbol=123456789012345678901234567890123|parameter symbol",
        "terminal=a%20b|parameter terminal is 'a b'",
        "limit=0|parameter limit is '0'; it must be an integer of 1 to 500",
        "limit=501|parameter limit is '501'",
        "limit=-1|parameter limit is '-1'",
        "limit=1.0|parameter limit is '1.0'",
        "limit=99999999999999999999|parameter limit",
        "limit=%D9%A1|parameter limit",
        "since=-1|parameter since is '-1'; it must be epoch milliseconds or RFC 3339",
        "since=253402300800000|from 1970 to 9999",
        "since=yesterday|parameter since is 'yesterday'",
        "since=2026-01-05|parameter since",
        "since=2026-01-05T09:00Z|parameter since",
        "since=2026-01-05T09:00:00|parameter since",
        "since=2026-04-31T09:00:00Z|parameter since",
        "since=1969-12-31T23:59:59Z|from 1970 to 9999",
        "since=2026-01-05T09:00:00%2B99:00|parameter since",
        "cursor=QUJD=|parameter cursor",
        "cursor=QR|parameter cursor",
        "cursor=a%20b|parameter cursor",
      })
  void parse_badParameter_isRefusedByNameAndValue(String query, String detail) {
    assertThat(SignalsQuery.parse(ANY, query))
        .isInstanceOfSatisfying(
            Reading.Refusal.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ProblemCode.MALFORMED);
              assertThat(refusal.detail()).contains(detail);
            });
  }

  @Test
  void parse_tooLong_isRefused() {
    assertThat(SignalsQuery.parse(ANY, "cursor=" + "A".repeat(128)))
        .isInstanceOf(Reading.Accepted.class);
    assertThat(SignalsQuery.parse(ANY, "cursor=" + "A".repeat(132)))
        .isInstanceOf(Reading.Refusal.class);
    assertThat(SignalsQuery.parse(ANY, "symbol=" + "A".repeat(3_000)))
        .isInstanceOf(Reading.Refusal.class);
  }

  @Test
  void check_messageBeyondItsLimits_isRefused() {
    ListSignalsRequest good = ListSignalsRequest.newBuilder().setLimit(1).build();
    assertThat(SignalsQuery.check(ANY, good)).isEqualTo(new Reading.Accepted<>(good));
    for (ListSignalsRequest.Builder bad :
        new ListSignalsRequest.Builder[] {
          good.toBuilder().setLimit(501),
          good.toBuilder().setLimit(-1),
          good.toBuilder().setSinceMsc(-1),
          good.toBuilder().setTerminal("a b"),
          good.toBuilder().setSymbol("\u0007"),
          good.toBuilder().setCursor("="),
        }) {
      assertThat(SignalsQuery.check(ANY, bad.build())).isInstanceOf(Reading.Refusal.class);
    }
  }
}
