package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationsTest {
  private static final long NOW_MILLIS = Tokens.NOW_SECONDS * 1_000;

  @TempDir private Path data;
  private SigningKeys keys;
  private Path file;
  private RevocationList list;
  private TokenCache cache;

  @BeforeEach
  void open() throws Exception {
    keys = SigningKeys.open(data);
    file = Files.writeString(data.resolve("revoked"), "# none yet\n");
    list = new RevocationList(file);
    cache =
        new TokenCache(
            new TokenVerifier(keys::verificationKeys, TokenRules.STANDARD, () -> NOW_MILLIS),
            () -> NOW_MILLIS,
            100,
            list::current);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
    list.refresh();
  }

  private String token(String tenant, @Nullable String tokenId) throws Exception {
    Map<String, String> claims = Tokens.claims();
    claims.put("tenant", "\"" + tenant + "\"");
    if (tokenId != null) {
      claims.put("jti", "\"" + tokenId + "\"");
    }
    return Tokens.sign(keys, Tokens.json(claims));
  }

  private static void assertRevoked(Verification verification) {
    assertThat(verification)
        .isInstanceOfSatisfying(
            TokenRefusal.class,
            refusal -> assertThat(refusal.fault()).isEqualTo(TokenFault.REVOKED));
  }

  @Test
  void verify_tokenRevokedById_isRefusedAlthoughRemembered() throws Exception {
    String revoked = token("acme", "one");
    String other = token("acme", "two");
    String anonymous = token("acme", null);
    for (String token : new String[] {revoked, other, anonymous}) {
      assertThat(cache.verify(token)).isInstanceOf(Principal.class);
      assertThat(cache.remembered(token, old -> {})).isNotNull();
    }

    write("token one\n");

    assertThat(cache.remembered(revoked, old -> {})).isNull();
    assertRevoked(cache.verify(revoked));
    assertThat(cache.remembered(other, old -> {})).isNotNull();
    assertThat(cache.verify(anonymous)).isInstanceOf(Principal.class);
  }

  @Test
  void verify_neverSeenAndRevoked_isRefused() throws Exception {
    write("token one # stolen\n");

    assertRevoked(cache.verify(token("acme", "one")));
    assertThat(cache.remembered(token("acme", "one"), old -> {})).isNull();
    assertThat(cache.verify(token("acme", "One"))).isInstanceOf(Principal.class);
  }

  @Test
  void verify_issuedBeforeTheTenantsInstant_isRefusedAndNoLater() throws Exception {
    String token = token("acme", null);
    String others = token("globex", null);

    write("tenant acme " + Instant.ofEpochMilli(NOW_MILLIS) + "\n");
    assertThat(cache.verify(token)).isInstanceOf(Principal.class);

    write("tenant acme " + Instant.ofEpochMilli(NOW_MILLIS + 1) + "\n");
    assertRevoked(cache.verify(token));
    assertThat(cache.verify(others)).isInstanceOf(Principal.class);
    write("");
    assertThat(cache.verify(token)).isInstanceOf(Principal.class);
  }

  @Test
  void isRevoked_tokenThatDoesNotSayWhenItWasIssued_countsAsOld() throws Exception {
    Revocations revocations = Revocations.read("tenant acme 1970-01-01T00:00:00Z");

    assertThat(
            revocations.isRevoked(
                new Principal("acme", Tier.FREE, null, Scope.API, Long.MAX_VALUE)))
        .isTrue();
  }

  @Test
  void verify_mintedToken_canBeRevokedByItsId() throws Exception {
    TokenMint mint = new TokenMint(keys, () -> NOW_MILLIS);
    Duration hour = Duration.ofHours(1);
    String random = mint.mint(new TokenRequest("acme", Tier.PRO, null, hour));
    String named = mint.mint(new TokenRequest("acme", Tier.PRO, null, hour, Scope.API, "vps-1"));
    Principal holder = (Principal) cache.verify(random);
    assertThat(holder.tokenId()).hasSize(36);
    assertThat(cache.verify(named)).isInstanceOf(Principal.class);

    write("token " + holder.tokenId());
    assertRevoked(cache.verify(random));
    assertThat(cache.verify(named)).isInstanceOf(Principal.class);

    write("token vps-1");
    assertRevoked(cache.verify(named));
    assertThat(cache.verify(random)).isInstanceOf(Principal.class);
  }

  @Test
  void read_numberSignInsideAnId_isPartOfIt() throws Exception {
    String token = token("acme", "a#1");

    write("token a # not that one\n#token a#1\n");
    assertThat(cache.verify(token)).isInstanceOf(Principal.class);
    write("\ttoken  a#1\t# that one\r\n");
    assertRevoked(cache.verify(token));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token",
        "token a b",
        "jti a",
        "tenant acme",
        "tenant Acme 2026-01-31T12:00:00Z",
        "tenant acme yesterday",
        "tenant acme 1700000000",
      })
  void refresh_lineThatSaysNothing_leavesTheListBefore(String line) throws Exception {
    write("token one\n");
    String token = token("acme", "one");

    assertThatThrownBy(() -> Revocations.read("# a comment\n" + line))
        .hasMessageContaining("line 2");
    write(line);
    assertRevoked(cache.verify(token));
    Files.delete(file);
    list.refresh();
    assertRevoked(cache.verify(token));
  }

  @Test
  void read_asManyEntriesAsThereMayBe_orOneMore() throws Exception {
    StringBuilder most = new StringBuilder();
    for (int i = 0; i < Revocations.MAX_ENTRIES; i++) {
      most.append("token ").append(i).append('\n');
    }

    assertThat(Revocations.read(most.toString()).size()).isEqualTo(Revocations.MAX_ENTRIES);
    assertThatThrownBy(() -> Revocations.read(most + "token more"))
        .hasMessageContaining("more than 100000 entries");
  }

  @Test
  void open_absentFile_isRefused() {
    assertThatThrownBy(() -> new RevocationList(data.resolve("absent")))
        .hasMessageContaining("not a file");
  }
}
