package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JwsVerifierTest {
  /** Algorithms that are not among ours: right or wrong, their vectors are refused. */
  private static final Set<String> OURS = Set.of("ES256", "RS256");

  record Vector(String name, Map<String, Object> key, String jws, boolean valid) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void verify_wycheproofVector_isAcceptedIfValidAndOfAnAlgorithmOfOurs(Vector vector)
      throws Exception {
    boolean accepted;
    try {
      VerificationKey key = VerificationKey.of(JWK.parse(vector.key()));
      JwsVerifier verifier = new JwsVerifier(new KeySet(List.of(key)));
      accepted = verifier.verify(vector.jws()) instanceof JwsVerifier.Signed;
    } catch (GeneralSecurityException e) {
      accepted = false; // a key that is not for signatures is refused before any token is seen
    }

    assertThat(accepted).isEqualTo(vector.valid());
  }

  @SuppressWarnings("unchecked")
  static Stream<Vector> vectors() throws Exception {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(
            JwsVerifierTest.class.getResourceAsStream("/vectors/wycheproof_jws.json"))) {
      Map<String, Object> file =
          JSONObjectUtils.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      for (Map<String, Object> group : objects(file, "testGroups")) {
        Map<String, Object> key = (Map<String, Object>) Objects.requireNonNull(group.get("public"));
        for (Map<String, Object> test : objects(group, "tests")) {
          vectors.add(
              new Vector(
                  test.get("tcId") + " " + test.get("comment"),
                  key,
                  (String) Objects.requireNonNull(test.get("jws")),
                  "valid".equals(test.get("result")) && OURS.contains(key.get("alg"))));
        }
      }
    }
    assertThat(vectors).hasSize(401).filteredOn(Vector::valid).hasSize(10);
    return vectors.stream();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(Map<String, Object> parent, String name) {
    return (List<Map<String, Object>>) Objects.requireNonNull(parent.get(name));
  }
}
