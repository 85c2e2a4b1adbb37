package io.sub30.gateway.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.sub30.config.TokenAlgorithm;
import io.sub30.gateway.text.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys of a JWK set (RFC 7517 §5) that tokens may be verified with.
 *
 * <p>Keys of other kinds and for other algorithms are left out, as the RFC has it: a publisher may
 * serve keys that are not for us. What would make the set ambiguous or tells that it is no public
 * document refuses it as a whole.
 */
final class Jwks {
  /** Most keys of one set. */
  static final int MAX_KEYS = 64;

  private Jwks() {}

  /**
   * Reads a set.
   *
   * @throws IOException when it is no key set, has too many keys, two of the same kid, a private or
   *     secret one, or none that can be used; the message quotes nothing but kids and key types
   */
  static List<VerificationKey> read(byte[] json, Set<TokenAlgorithm> allowed) throws IOException {
    List<VerificationKey> usable = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    Set<String> kids = new HashSet<>();
    for (Map<String, Object> member : members(json)) {
      JWK jwk;
      try {
        jwk = JWK.parse(member);
      } catch (ParseException | IllegalArgumentException e) {
        leftOut.add("one is no known kind of JWK");
        continue;
      }
      if (jwk.isPrivate()) {
        // Also a symmetric key: with either, readers of the set could sign.
        throw new IOException("it holds a private or secret key; publish public ones alone");
      }
      try {
        VerificationKey key = VerificationKey.of(jwk);
        if (!kids.add(key.kid())) {
          throw new IOException("two of its keys share the kid " + key.kid());
        }
        if (allowed.contains(key.algorithm())) {
          usable.add(key);
        } else {
          leftOut.add("auth.algorithms has no " + key.algorithm().label());
        }
      } catch (GeneralSecurityException e) {
        leftOut.add(String.valueOf(e.getMessage()));
      }
    }
    if (usable.isEmpty()) {
      throw new IOException(
          "none of its keys can be used"
              + (leftOut.isEmpty() ? "" : ": " + leftOut.get(0))
              + (leftOut.size() > 1 ? " (and " + (leftOut.size() - 1) + " more)" : ""));
    }
    return usable;
  }

  private static List<Map<String, Object>> members(byte[] json) throws IOException {
    if (StrictJson.encodingFault(json, 0, json.length) != null) {
      throw new IOException("it is not JSON in UTF-8");
    }
    List<Map<String, Object>> members;
    try {
      Map<String, Object> set = JSONObjectUtils.parse(new String(json, StandardCharsets.UTF_8));
      Object keys = set.get("keys");
      if (!(keys instanceof List<?>)) {
        throw new IOException("it has no list \"keys\"");
      }
      members = List.of(JSONObjectUtils.getJSONObjectArray(set, "keys"));
    } catch (ParseException | RuntimeException e) {
      // The parser's message may quote the document.
      throw new IOException("it is not a JSON object with a list \"keys\" of objects", e);
    }
    if (members.size() > MAX_KEYS) {
      throw new IOException(
          "it has " + members.size() + " keys; at most " + MAX_KEYS + " are read");
    }
    return members;
  }
}
