package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.config.AuthConfig;
import io.sub30.config.TokenAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  private static final long NOW_MILLIS = Tokens.NOW_SECONDS * 1_000;

  @TempDir private Path data;
  private Path revoked;
  private TokenMint mint;
  private Credentials credentials;

  @BeforeEach
  void open() throws Exception {
    SigningKeys keys = SigningKeys.open(data);
    revoked = Files.writeString(data.resolve("revoked"), "# none yet\n");
    mint = new TokenMint(keys, () -> NOW_MILLIS);
    AuthConfig config = config(TokenRules.ISSUER, TokenRules.AUDIENCE, TokenAlgorithm.ES256);
    credentials =
        new Credentials(
            config,
            keys,
            KeyRing.open(config, keys),
            RevocationList.open(config),
            () -> NOW_MILLIS);
  }

  private AuthConfig config(String issuer, String audience, TokenAlgorithm algorithm) {
    return new AuthConfig(
        issuer,
        audience,
        Duration.ofSeconds(30),
        100,
        Set.of(algorithm),
        Optional.empty(),
        Optional.of(revoked),
        Duration.ofMinutes(1));
  }

  private String token(Set<Scope> scopes, String id) {
    return mint.mint(new TokenRequest("acme", Tier.PRO, null, Duration.ofHours(1), scopes, id));
  }

  private OperatorRefusal refused(String token) {
    return Objects.requireNonNull(credentials.refuseOperator(token), "let in");
  }

  @Test
  void refuseOperator_goodTokenWithTheScope_isLetIn() {
    assertThat(credentials.refuseOperator(token(Set.of(Scope.ADMIN), "one"))).isNull();
  }

  @Test
  void refuseOperator_goodTokenOfAClient_isKnownAndRefused() {
    OperatorRefusal refusal = refused(token(Scope.API, "one"));

    assertThat(refusal.known()).isTrue();
    assertThat(refusal.detail()).contains("admin");
  }

  @Test
  void refuseOperator_noToken_isUnknown() {
    assertThat(refused("x").known()).isFalse();
  }

  @Test
  void refreshRevoked_tokenOnTheList_isNoLongerBelieved() throws Exception {
    String token = token(Set.of(Scope.ADMIN), "one");
    assertThat(credentials.refuseOperator(token)).isNull();

    Files.writeString(revoked, "token one\n");
    assertThat(credentials.refuseOperator(token)).isNull();
    credentials.refreshRevoked();

    assertThat(refused(token).known()).isFalse();
  }

  @Test
  void believesOwnTokens_anythingElseWanted_isFalse() {
    String issuer = TokenRules.ISSUER;
    String audience = TokenRules.AUDIENCE;

    assertThat(Credentials.believesOwnTokens(config(issuer, audience, TokenAlgorithm.ES256)))
        .isTrue();
    assertThat(Credentials.believesOwnTokens(config("other", audience, TokenAlgorithm.ES256)))
        .isFalse();
    assertThat(Credentials.believesOwnTokens(config(issuer, "other", TokenAlgorithm.ES256)))
        .isFalse();
    assertThat(Credentials.believesOwnTokens(config(issuer, audience, TokenAlgorithm.RS256)))
        .isFalse();
  }
}
