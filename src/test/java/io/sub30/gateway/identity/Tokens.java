package io.sub30.gateway.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Tokens as nobody should make them. */
public final class Tokens {
  static final long NOW_SECONDS = 1_800_000_000L;

  private Tokens() {}

  /** Good claims as JSON texts by name, to be spoiled. */
  public static Map<String, String> claims() {
    Map<String, String> claims = new LinkedHashMap<>();
    claims.put("iss", "\"sub30\"");
    claims.put("aud", "\"sub30-api\"");
    claims.put("tenant", "\"acme\"");
    claims.put("tier", "\"pro\"");
    claims.put("iat", Long.toString(NOW_SECONDS));
    claims.put("nbf", Long.toString(NOW_SECONDS));
    claims.put("exp", Long.toString(NOW_SECONDS + 3_600));
    return claims;
  }

  public static String json(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  public static String sign(SigningKeys keys, String payload) throws Exception {
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keys.kid()).build(),
            new Payload(payload));
    token.sign(keys.signer());
    return token.serialize();
  }

  /** Signs whatever header is given, as an attacker who had the key would. */
  static String signRaw(SigningKeys keys, String header, String payload) throws Exception {
    String input = encode(header) + "." + encode(payload);
    String signature =
        keys.signer()
            .sign(new JWSHeader(JWSAlgorithm.ES256), input.getBytes(StandardCharsets.US_ASCII))
            .toString();
    return input + "." + signature;
  }

  public static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
