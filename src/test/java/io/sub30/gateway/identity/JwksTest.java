package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.TokenAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwksTest {
  private static final Set<TokenAlgorithm> ALL = EnumSet.allOf(TokenAlgorithm.class);

  private static List<VerificationKey> read(String json, Set<TokenAlgorithm> allowed)
      throws IOException {
    return Jwks.read(json.getBytes(StandardCharsets.UTF_8), allowed);
  }

  private static String set(String... keys) {
    return "{\"keys\":[" + String.join(",", keys) + "]}";
  }

  @Test
  void read_keysOfAllKinds_keepsThoseOfOurAlgorithms() throws Exception {
    String json =
        set(
            ForeignKeys.RSA.jwk("rsa"),
            ForeignKeys.EC.jwk("ec"),
            ForeignKeys.ED25519.jwk("ed"),
            ForeignKeys.rsaJwk("ps", 2_048, "PS256"),
            "{\"kty\":\"AKP\",\"kid\":\"later\"}",
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\",\"kid\":\"offCurve\"}");

    assertThat(read(json, ALL))
        .extracting(VerificationKey::kid, VerificationKey::algorithm)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("rsa", TokenAlgorithm.RS256),
            org.assertj.core.groups.Tuple.tuple("ec", TokenAlgorithm.ES256),
            org.assertj.core.groups.Tuple.tuple("ed", TokenAlgorithm.EDDSA));
    assertThat(read(json, Set.of(TokenAlgorithm.EDDSA)))
        .extracting(VerificationKey::kid)
        .containsExactly("ed");
  }

  @Test
  void read_shortRsaKey_isLeftOut() throws Exception {
    assertThatThrownBy(() -> read(set(ForeignKeys.rsaJwk("short", 2_047, "RS256")), ALL))
        .hasMessageContaining("2047 bits")
        .hasMessageContaining("2048 to 8192");
    assertThat(read(set(ForeignKeys.rsaJwk("long", 2_048, "RS256")), ALL)).hasSize(1);
  }

  @Test
  void read_noKeyThatIsAllowed_namesTheSetting() {
    assertThatThrownBy(() -> read(set(ForeignKeys.RSA.jwk("rsa")), Set.of(TokenAlgorithm.ES256)))
        .hasMessageContaining("auth.algorithms has no RS256");
  }

  @Test
  void read_privateOrSecretKey_refusesTheSetWithoutQuotingIt() {
    for (String key :
        List.of(
            ForeignKeys.EC.privateJwk("ec"),
            "{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0\"}")) {
      assertThatThrownBy(() -> read(set(ForeignKeys.RSA.jwk("rsa"), key), ALL))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("private or secret")
          .message()
          .doesNotContain("c2VjcmV0");
    }
  }

  @Test
  void read_twoKeysOfOneKid_refusesTheSet() {
    assertThatThrownBy(
            () -> read(set(ForeignKeys.RSA.jwk("same"), ForeignKeys.EC.jwk("same")), ALL))
        .hasMessageContaining("share the kid same");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 129})
  void read_kidOfAnImpossibleLength_isLeftOut(int length) {
    assertThatThrownBy(() -> read(set(ForeignKeys.EC.jwk("k".repeat(length))), ALL))
        .hasMessageContaining("1 to 128");
  }

  @Test
  void read_kidWithALineBreak_isLeftOut() {
    assertThatThrownBy(() -> read(set(ForeignKeys.EC.jwk("a\\nb")), ALL))
        .hasMessageContaining("printable");
  }

  @Test
  void read_asManyKeysAsThereMayBe_orOneMore() throws Exception {
    String most =
        IntStream.range(0, Jwks.MAX_KEYS)
            .mapToObj(i -> ForeignKeys.EC.jwk("k" + i))
            .collect(Collectors.joining(","));
    assertThat(read(set(most), ALL)).hasSize(Jwks.MAX_KEYS);
    assertThatThrownBy(() -> read(set(most, ForeignKeys.EC.jwk("more")), ALL))
        .hasMessageContaining("65 keys; at most 64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[1]}", "{\"keys\":[]}", "null"})
  void read_noKeySet_isRefused(String json) {
    assertThatThrownBy(() -> read(json, ALL)).isInstanceOf(IOException.class);
  }
}
