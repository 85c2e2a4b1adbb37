package io.sub30.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
  private static final URI TARGET = URI.create("http://127.0.0.1:8080");

  private static final TickSupply NO_TICKS =
      () -> {
        throw new AssertionError("nothing is read before the run");
      };

  @Test
  void terminals_unboundTokens_areNumberedUnderOneRunId() {
    List<String> terminals = replay(3, "", "x", "y").terminals();

    assertThat(terminals).hasSize(3).allMatch(name -> name.matches("replay-[0-9a-f]{8}-[123]"));
    assertThat(replay(1, "", "x").terminals()).doesNotContainAnyElementsOf(terminals);
  }

  @Test
  void terminals_prefix_isUsed() {
    assertThat(replay(2, "desk", "x").terminals()).containsExactly("desk-1", "desk-2");
  }

  @Test
  void terminals_boundToken_goesBeforeThePrefix() {
    assertThat(
            replay(3, "desk", "x", token("{\"sub\":\"a\",\"terminal\":\"EA-7\"}"), "y").terminals())
        .containsExactly("desk-1", "EA-7", "desk-3");
  }

  @Test
  void new_boundTokenForTwoConnections_isRefused() {
    assertThatThrownBy(() -> replay(2, "", token("{\"terminal\":\"EA-7\"}")))
        .hasMessageContaining("EA-7")
        .hasMessageContaining("connections 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a.b.c", "a.!!.c", "a.bnVsbA.c", "a.e30.c"})
  void of_tokenWithoutClaim_isEmpty(String token) {
    assertThat(TokenTerminal.of(token)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://h:1",
        "http:///x",
        "127.0.0.1:8080",
        "http://h:1/v1",
        "http://h:1?x=1",
        "http://u@h:1"
      })
  void new_targetThatIsNoServer_isRefusedWithTheValue(String target) {
    assertThatThrownBy(() -> ReplayPlan.of(URI.create(target), List.of("x"), NO_TICKS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(target);
  }

  @Test
  void new_tokenWithALineBreak_isRefusedWithoutPrintingIt() {
    assertThatThrownBy(() -> ReplayPlan.of(TARGET, List.of("secret\nx"), NO_TICKS))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void new_jsonOverGrpc_isRefused() {
    ReplayPlan plan = ReplayPlan.of(TARGET, List.of("x"), NO_TICKS);

    assertThatThrownBy(() -> plan.withTransport(Transport.GRPC, Encoding.JSON))
        .hasMessageContaining("protobuf");
  }

  private static Replay replay(int connections, String prefix, String... tokens) {
    return new Replay(
        ReplayPlan.of(TARGET, List.of(tokens), NO_TICKS)
            .withConnections(connections)
            .withTerminalPrefix(prefix),
        ReplayListener.NONE);
  }

  static String token(String claims) {
    return "e30."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
        + ".c2ln";
  }
}
