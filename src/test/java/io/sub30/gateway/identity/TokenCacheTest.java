package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCacheTest {
  @TempDir private Path data;
  private SigningKeys keys;
  private TokenCache cache;
  private long nowMillis = Tokens.NOW_SECONDS * 1_000;

  @BeforeEach
  void open() throws Exception {
    keys = SigningKeys.open(data);
    cache =
        new TokenCache(
            new TokenVerifier(keys::verificationKeys, TokenRules.STANDARD, () -> nowMillis),
            () -> nowMillis);
  }

  private String mint(String tenant, long ttlSeconds) {
    return new TokenMint(keys, () -> nowMillis)
        .mint(new TokenRequest(tenant, Tier.PRO, null, Duration.ofSeconds(ttlSeconds)));
  }

  @Test
  void verify_again_answersFromMemoryForAMinute() {
    String token = mint("acme", 3_600);
    assertThat(cache.remembered(token, old -> {})).isNull();
    Verification first = cache.verify(token);

    nowMillis += TokenCache.MAX_AGE_MILLIS - 1;
    assertThat(cache.verify(token)).isSameAs(first);
    assertThat(cache.remembered(token, old -> {})).isSameAs(first);
    nowMillis++;
    assertThat(cache.remembered(token, old -> {})).isNull();
    assertThat(cache.verify(token)).isNotSameAs(first).isEqualTo(first);
  }

  /** Or once a minute a request would wait for the check. */
  @Test
  void remembered_inUse_isRenewedBeforeItsMinuteIsOver() {
    String token = mint("acme", 3_600);
    cache.verify(token);
    List<String> renewals = new ArrayList<>();

    nowMillis += TokenCache.RENEWED_MILLIS - 1;
    cache.remembered(token, renewals::add);
    assertThat(renewals).isEmpty();
    nowMillis++;
    for (int i = 0; i < 3; i++) {
      assertThat(cache.remembered(token, renewals::add)).isNotNull();
    }
    assertThat(renewals).as("asked for once").containsExactly(token);

    cache.check(token);
    nowMillis += TokenCache.MAX_AGE_MILLIS - 1;
    assertThat(cache.remembered(token, old -> {})).isNotNull();
    nowMillis++;
    assertThat(cache.remembered(token, old -> {})).isNull();
  }

  @Test
  void verify_pastExpiry_isRefusedAlthoughRemembered() {
    String token = mint("acme", 10);
    assertThat(cache.verify(token)).isInstanceOf(Principal.class);

    nowMillis += 9_999;
    assertThat(cache.verify(token)).isInstanceOf(Principal.class);
    nowMillis++;
    assertThat(cache.verify(token)).isInstanceOf(TokenRefusal.class);
    assertThat(cache.size()).isZero();
  }

  @Test
  void verify_clockSetBack_looksAgain() {
    String token = mint("acme", 3_600);
    cache.verify(token);

    nowMillis -= 60_000;
    assertThat(cache.verify(token))
        .isInstanceOfSatisfying(
            TokenRefusal.class,
            refusal -> assertThat(refusal.fault()).isEqualTo(TokenFault.NOT_YET_VALID));
  }

  @Test
  void verify_garbage_isNotRememberedAndEvictsNothing() {
    String token = mint("acme", 3_600);
    Verification first = cache.verify(token);

    for (int i = 0; i < 3 * TokenCache.MAX_TOKENS; i++) {
      assertThat(cache.verify("a." + i + ".b")).isInstanceOf(TokenRefusal.class);
    }

    assertThat(cache.size()).isEqualTo(1);
    assertThat(cache.verify(token)).isSameAs(first);
  }

  @Test
  void verify_lookAlikeOutsideLatin1_isNotTheToken() {
    String token = mint("acme", 3_600);
    cache.verify(token);

    assertThat(cache.verify("\u0100" + token.substring(1))).isInstanceOf(TokenRefusal.class);
    assertThat(cache.verify("?" + token.substring(1))).isInstanceOf(TokenRefusal.class);
  }

  @Test
  void verify_tokensOfTwoTenants_areNotMixed() {
    String acme = mint("acme", 3_600);
    String globex = mint("globex", 3_600);

    for (int i = 0; i < 2; i++) {
      assertThat(((Principal) cache.verify(acme)).tenant()).isEqualTo("acme");
      assertThat(((Principal) cache.verify(globex)).tenant()).isEqualTo("globex");
    }
  }

  @Test
  void verify_afterTheKeysChanged_remembersNothingOfThoseBefore() throws Exception {
    String token = mint("acme", 3_600);
    KeySet[] good = {keys.verificationKeys()};
    TokenCache rotated =
        new TokenCache(
            new TokenVerifier(() -> good[0], TokenRules.STANDARD, () -> nowMillis),
            () -> nowMillis);
    Verification first = rotated.verify(token);
    assertThat(rotated.remembered(token, old -> {})).isSameAs(first);

    good[0] = SigningKeys.open(data.resolve("other")).verificationKeys();
    assertThat(rotated.remembered(token, old -> {})).isNull();
    assertThat(rotated.verify(token))
        .isInstanceOfSatisfying(
            TokenRefusal.class,
            refusal -> assertThat(refusal.fault()).isEqualTo(TokenFault.UNKNOWN_KEY));

    good[0] = keys.verificationKeys();
    assertThat(rotated.remembered(token, old -> {})).isSameAs(first);
  }
}
