package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.AbstractObjectAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenVerifierTest {
  @TempDir private static Path data;
  private static SigningKeys keys;
  private static SigningKeys otherKeys;

  private long nowMillis = Tokens.NOW_SECONDS * 1_000;
  private TokenVerifier verifier;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = SigningKeys.open(data.resolve("a"));
    otherKeys = SigningKeys.open(data.resolve("b"));
  }

  private String minted() {
    return new TokenMint(keys, () -> nowMillis)
        .mint(new TokenRequest("acme", Tier.ENTERPRISE, "desk-1", Duration.ofHours(1)));
  }

  @BeforeEach
  void makeVerifier() {
    verifier = new TokenVerifier(keys::verificationKeys, TokenRules.STANDARD, () -> nowMillis);
  }

  private Verification verifyClaims(Map<String, String> claims) throws Exception {
    return verifier.verify(Tokens.sign(keys, Tokens.json(claims)));
  }

  private Verification verifyHeader(String header) throws Exception {
    return verifier.verify(Tokens.signRaw(keys, header, Tokens.json(Tokens.claims())));
  }

  private static AbstractObjectAssert<?, TokenFault> assertFault(Verification verification) {
    assertThat(verification).isInstanceOf(TokenRefusal.class);
    return assertThat(((TokenRefusal) verification).fault());
  }

  @Test
  void verify_minted_givesItsHolder() {
    Verification verification = verifier.verify(minted());

    assertThat(verification).isInstanceOf(Principal.class);
    Principal principal = (Principal) verification;
    assertThat(principal.tenant()).isEqualTo("acme");
    assertThat(principal.tier()).isEqualTo(Tier.ENTERPRISE);
    assertThat(principal.terminal()).isEqualTo("desk-1");
    assertThat(principal.scopes()).isEqualTo(Scope.API);
    assertThat(principal.expiresAtMillis()).isEqualTo(nowMillis + 3_600_000);
    assertThat(principal.maySendFor("desk-1")).isTrue();
    assertThat(principal.maySendFor("desk-2")).isFalse();
  }

  @Test
  void verify_forgedWithAnotherKeyUnderTheSameKid_isRefused() throws Exception {
    String header = "{\"alg\":\"ES256\",\"kid\":\"" + keys.kid() + "\"}";

    assertFault(verifier.verify(Tokens.signRaw(otherKeys, header, Tokens.json(Tokens.claims()))))
        .isEqualTo(TokenFault.BAD_SIGNATURE);
  }

  @Test
  void verify_anotherKid_isRefused() throws Exception {
    assertFault(verifier.verify(Tokens.sign(otherKeys, Tokens.json(Tokens.claims()))))
        .isEqualTo(TokenFault.UNKNOWN_KEY);
  }

  @Test
  void verify_tamperedPayload_isRefused() {
    String[] parts = minted().split("\\.");
    String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String altered = payload.replace("acme", "evil");
    assertThat(altered).isNotEqualTo(payload);

    assertFault(verifier.verify(parts[0] + "." + Tokens.encode(altered) + "." + parts[2]))
        .isEqualTo(TokenFault.BAD_SIGNATURE);
  }

  @Test
  void verify_algNone_isRefused() {
    String header = Tokens.encode("{\"alg\":\"none\",\"kid\":\"" + keys.kid() + "\"}");
    String payload = Tokens.encode(Tokens.json(Tokens.claims()));

    assertFault(verifier.verify(header + "." + payload + "."))
        .isEqualTo(TokenFault.WRONG_ALGORITHM);
  }

  @Test
  void verify_hmacKeyedWithThePublicKey_isRefused() throws Exception {
    String header = Tokens.encode("{\"alg\":\"HS256\",\"kid\":\"" + keys.kid() + "\"}");
    String input = header + "." + Tokens.encode(Tokens.json(Tokens.claims()));
    byte[] publicKey =
        Objects.requireNonNull(keys.verificationKeys().key(keys.kid())).key().getEncoded();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(publicKey, "HmacSHA256"));
    String signature =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));

    assertFault(verifier.verify(input + "." + signature)).isEqualTo(TokenFault.WRONG_ALGORITHM);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"alg\":\"ES256\",\"kid\":\"../../etc/passwd\"}|UNKNOWN_KEY",
        "{\"alg\":\"ES256\",\"kid\":\"' OR 1=1 --\"}|UNKNOWN_KEY",
        "{\"alg\":\"ES256\"}|UNKNOWN_KEY",
        "{\"alg\":\"ES256\",\"kid\":null}|MALFORMED",
        "{\"alg\":\"ES256\",\"kid\":[\"KID\"]}|MALFORMED",
        "{\"alg\":\"ES256\",\"kid\":\"KID\",\"kid\":\"KID\"}|MALFORMED",
        "{\"alg\":\"ES256\",\"kid\":\"KID\"}{}|MALFORMED",
        "{\"alg\":\"ES256\",\"kid\":\"KID\",/**/\"typ\":\"JWT\"}|MALFORMED",
        "[\"ES256\"]|MALFORMED",
        "{\"alg\":\"es256\",\"kid\":\"KID\"}|WRONG_ALGORITHM",
        "{\"kid\":\"KID\"}|WRONG_ALGORITHM",
        "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}|WRONG_TYPE",
        "{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":[\"b64\"],\"b64\":false}|CRITICAL_EXTENSION",
        "{\"alg\":\"ES256\",\"kid\":\"KID\",\"crit\":[]}|CRITICAL_EXTENSION",
        "{\"alg\":\"ES256\",\"kid\":\"KID\",\"a\":[[[[[[[[[1]]]]]]]]]}|MALFORMED",
      })
  void verify_badHeader_isRefused(String header, TokenFault fault) throws Exception {
    assertFault(verifyHeader(header.replace("KID", keys.kid()))).isEqualTo(fault);
  }

  @Test
  void verify_headerThatBringsKeys_isVerifiedWithOurs() throws Exception {
    String header =
        "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\",\"jku\":\"http://127.0.0.1/\",\"jwk\":{\"kty\":\"EC\"},\"x5u\":\"x\",\"x5c\":[\"x\"]}"
            .formatted(keys.kid());

    assertThat(verifyHeader(header)).isInstanceOf(Principal.class);
    assertFault(verifier.verify(Tokens.signRaw(otherKeys, header, Tokens.json(Tokens.claims()))))
        .isEqualTo(TokenFault.BAD_SIGNATURE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iss|\"evil\"|WRONG_ISSUER",
        "iss||WRONG_ISSUER",
        "iss|[\"sub30\"]|BAD_CLAIM",
        "aud|\"other-api\"|WRONG_AUDIENCE",
        "aud||WRONG_AUDIENCE",
        "aud|[]|WRONG_AUDIENCE",
        "aud|[\"other\"]|WRONG_AUDIENCE",
        "aud|[\"sub30-api\",1]|BAD_CLAIM",
        "aud|{\"sub30-api\":1}|BAD_CLAIM",
        "exp||BAD_CLAIM",
        "exp|\"1900000000\"|BAD_CLAIM",
        "exp|1900000000.5|BAD_CLAIM",
        "exp|-1|BAD_CLAIM",
        "exp|99999999999999999999|BAD_CLAIM",
        "exp|253402300800|BAD_CLAIM",
        "exp|1800000000|EXPIRED",
        "exp|0|EXPIRED",
        "nbf|1800000031|NOT_YET_VALID",
        "iat|1800000031|NOT_YET_VALID",
        "nbf|true|BAD_CLAIM",
        "tenant||BAD_CLAIM",
        "tenant|\"Acme\"|BAD_CLAIM",
        "tenant|\"\"|BAD_CLAIM",
        "tenant|\"-a\"|BAD_CLAIM",
        "tenant|1|BAD_CLAIM",
        "tenant|\"a'; drop table x\"|BAD_CLAIM",
        "tier|\"platinum\"|BAD_CLAIM",
        "tier|\"PRO\"|BAD_CLAIM",
        "tier||BAD_CLAIM",
        "terminal|\"a b\"|BAD_CLAIM",
        "terminal|\"\"|BAD_CLAIM",
        "terminal|null|BAD_CLAIM",
        "scope|[\"api\"]|BAD_CLAIM",
        "sub|7|BAD_CLAIM",
      })
  void verify_badClaim_isRefused(String name, @Nullable String value, TokenFault fault)
      throws Exception {
    Map<String, String> claims = Tokens.claims();
    if (value == null) {
      claims.remove(name);
    } else {
      claims.put(name, value);
    }

    assertFault(verifyClaims(claims)).isEqualTo(fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "aud|[\"x\",\"sub30-api\"]",
        "exp|1800000001",
        "nbf|1800000030",
        "iat|1800000030",
        "tier|\"free\"",
        "terminal|\"A.b_c-9\"",
        "extra|{\"a\":[1,2]}",
      })
  void verify_claimAtItsLimit_isBelieved(String name, String value) throws Exception {
    Map<String, String> claims = Tokens.claims();
    claims.put(name, value);

    assertThat(verifyClaims(claims)).isInstanceOf(Principal.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "absent",
      value = {
        "absent | ticks:write read",
        "'' | ''",
        "api | ticks:write read",
        "read | read",
        "admin | admin",
        "admin read ticks:write | ticks:write read admin",
        "READ tick:write openid  | ''",
        "read,admin | ''",
        "openid read profile | read",
      })
  void verify_scope_grantsWhatItNamesAndNoMore(@Nullable String scope, String granted)
      throws Exception {
    Map<String, String> claims = Tokens.claims();
    if (scope != null) {
      claims.put("scope", "\"" + scope + "\"");
    }

    Principal principal = (Principal) verifyClaims(claims);
    assertThat(Scope.labels(principal.scopes())).isEqualTo(granted);
  }

  @Test
  void verify_repeatedClaim_isRefused() throws Exception {
    String json = Tokens.json(Tokens.claims());
    String repeated = json.substring(0, json.length() - 1) + ",\"tenant\":\"evil\"}";
    String repeatedUnread = json.substring(0, json.length() - 1) + ",\"x\":1,\"x\":1}";

    assertFault(verifier.verify(Tokens.sign(keys, repeated))).isEqualTo(TokenFault.MALFORMED);
    assertFault(verifier.verify(Tokens.sign(keys, repeatedUnread))).isEqualTo(TokenFault.MALFORMED);
    assertFault(verifier.verify(Tokens.sign(keys, json + " x"))).isEqualTo(TokenFault.MALFORMED);
    assertFault(verifier.verify(Tokens.sign(keys, "[]"))).isEqualTo(TokenFault.MALFORMED);
  }

  @Test
  void verify_expiryWithGrace_endsAfterIt() throws Exception {
    TokenRules lenient = new TokenRules("sub30", "sub30-api", 30_000, 5_000);
    TokenVerifier graceful = new TokenVerifier(keys::verificationKeys, lenient, () -> nowMillis);
    String token = minted();

    nowMillis += 3_600_000 + 4_999;
    assertThat(graceful.verify(token)).isInstanceOf(Principal.class);
    assertFault(verifier.verify(token)).isEqualTo(TokenFault.EXPIRED);
    nowMillis++;
    assertFault(graceful.verify(token)).isEqualTo(TokenFault.EXPIRED);
  }

  @Test
  void verify_oversized_isRefusedBeforeItIsRead() {
    String token = minted() + "A".repeat(JwsVerifier.MAX_LENGTH);

    assertFault(verifier.verify(token)).isEqualTo(TokenFault.TOO_LONG);
  }

  @Test
  void verify_otherSpellingsOfAGoodToken_areRefused() {
    String token = minted();
    // 64 bytes of signature leave four unused bits in the last character: fifteen other spellings.
    char last = token.charAt(token.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    String neighbour =
        token.substring(0, token.length() - 1) + alphabet.charAt(alphabet.indexOf(last) + 1);

    for (String other :
        new String[] {
          neighbour,
          token + "==",
          token + "=",
          token + "\n",
          " " + token,
          token + ".",
          token.replace('.', ':'),
          token.replaceFirst("\\.", "=."),
          token + ".x",
          "",
          ".",
          "..",
          "..."
        }) {
      assertFault(verifier.verify(other)).as(other).isEqualTo(TokenFault.MALFORMED);
    }
    assertThat(verifier.verify(token)).isInstanceOf(Principal.class);
  }
}
