package io.sub30.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Set;

/**
 * A public key and the one algorithm that may be used with it.
 *
 * <p>The algorithm belongs to the key, never to the token: that is what stops a token that names
 * another one, such as {@code none} or an HMAC keyed with the public key's own bytes.
 *
 * @param kid the key's name; an opaque map key, never a path, a query or an address
 * @param algorithm today always ES256
 */
record VerificationKey(String kid, JWSAlgorithm algorithm, PublicKey key, JWSVerifier verifier) {
  private static final int MAX_KID_LENGTH = 128;

  /**
   * The key a JWK describes.
   *
   * @throws GeneralSecurityException when it is not a key for verifying signatures with a supported
   *     algorithm
   */
  static VerificationKey of(JWK jwk) throws GeneralSecurityException {
    String kid = jwk.getKeyID();
    if (kid == null || kid.isEmpty() || kid.length() > MAX_KID_LENGTH) {
      throw new GeneralSecurityException("a key needs a kid of 1 to 128 characters");
    }
    if (jwk.getKeyUse() != null && !KeyUse.SIGNATURE.equals(jwk.getKeyUse())) {
      throw new GeneralSecurityException(
          "key " + kid + " has use '" + jwk.getKeyUse() + "'; 'sig' is needed");
    }
    Set<KeyOperation> operations = jwk.getKeyOperations();
    if (operations != null && !operations.contains(KeyOperation.VERIFY)) {
      throw new GeneralSecurityException(
          "key " + kid + " has key_ops " + operations + "; 'verify' is needed");
    }
    if (!(jwk instanceof ECKey ec) || !JWSAlgorithm.ES256.equals(jwk.getAlgorithm())) {
      throw new GeneralSecurityException(
          "key "
              + kid
              + " is "
              + jwk.getKeyType()
              + "/"
              + jwk.getAlgorithm()
              + "; EC/ES256 is needed");
    }
    try {
      return new VerificationKey(
          kid, JWSAlgorithm.ES256, ec.toECPublicKey(), new ECDSAVerifier(ec.toECPublicKey()));
    } catch (JOSEException e) {
      throw new GeneralSecurityException(
          "key " + kid + " is not a P-256 key: " + e.getMessage(), e);
    }
  }
}
