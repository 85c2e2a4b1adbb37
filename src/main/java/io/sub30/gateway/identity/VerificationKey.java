package io.sub30.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.sub30.config.TokenAlgorithm;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/**
 * A public key and the one algorithm that may be used with it.
 *
 * <p>The algorithm belongs to the key, never to the token: that is what stops a token that names
 * another one, such as {@code none} or an HMAC keyed with the public key's own bytes.
 *
 * @param kid the key's name; an opaque map key, never a path, a query or an address
 */
record VerificationKey(
    String kid, TokenAlgorithm algorithm, PublicKey key, SignatureCheck signatures) {
  private static final int MAX_KID_LENGTH = 128;

  /** Least length of an RSA modulus (RFC 7518 §3.3), bits. */
  private static final int MIN_RSA_BITS = 2_048;

  /** Longest one: a check's cost grows with the square of the length. */
  private static final int MAX_RSA_BITS = 8_192;

  private static final int MAX_EXPONENT_BITS = 32;
  private static final int ED25519_BYTES = 32;

  /** What stands before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410 §4). */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /**
   * The key a JWK describes.
   *
   * @throws GeneralSecurityException when it is not a key for verifying signatures with a supported
   *     algorithm
   */
  static VerificationKey of(JWK jwk) throws GeneralSecurityException {
    String kid = jwk.getKeyID();
    if (kid == null
        || kid.isEmpty()
        || kid.length() > MAX_KID_LENGTH
        || kid.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new GeneralSecurityException(
          "a key needs a kid of 1 to 128 printable characters of ASCII");
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
    try {
      if (jwk instanceof ECKey ec && isFor(jwk, JWSAlgorithm.ES256)) {
        return new VerificationKey(
            kid,
            TokenAlgorithm.ES256,
            ec.toECPublicKey(),
            checkedBy(new ECDSAVerifier(ec.toECPublicKey()), JWSAlgorithm.ES256));
      }
      if (jwk instanceof RSAKey rsa && isFor(jwk, JWSAlgorithm.RS256)) {
        RSAPublicKey key = measured(kid, rsa.toRSAPublicKey());
        return new VerificationKey(
            kid, TokenAlgorithm.RS256, key, checkedBy(new RSASSAVerifier(key), JWSAlgorithm.RS256));
      }
      if (jwk instanceof OctetKeyPair pair
          && Curve.Ed25519.equals(pair.getCurve())
          && isFor(jwk, JWSAlgorithm.EdDSA)) {
        PublicKey key = ed25519(kid, pair.getDecodedX());
        return new VerificationKey(kid, TokenAlgorithm.EDDSA, key, checkedByJdk(key));
      }
    } catch (JOSEException e) {
      throw new GeneralSecurityException(
          "key " + kid + " cannot be used: " + e.getMessage() + "; a P-256, RSA or Ed25519 key is",
          e);
    }
    throw new GeneralSecurityException(
        "key "
            + kid
            + " is "
            + jwk.getKeyType()
            + "/"
            + jwk.getAlgorithm()
            + "; EC/ES256, RSA/RS256 or OKP/EdDSA of Ed25519 is needed");
  }

  /** A JWK need not name its algorithm: each kind of key has only one here. */
  private static boolean isFor(JWK jwk, JWSAlgorithm algorithm) {
    return jwk.getAlgorithm() == null || algorithm.equals(jwk.getAlgorithm());
  }

  private static RSAPublicKey measured(String kid, RSAPublicKey key)
      throws GeneralSecurityException {
    int bits = key.getModulus().bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new GeneralSecurityException(
          "key %s has a modulus of %d bits; %d to %d are possible"
              .formatted(kid, bits, MIN_RSA_BITS, MAX_RSA_BITS));
    }
    BigInteger exponent = key.getPublicExponent();
    if (!exponent.testBit(0)
        || exponent.bitLength() < 2
        || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new GeneralSecurityException(
          "key " + kid + " has an exponent that is not odd, from 3 to 2^32");
    }
    return key;
  }

  private static PublicKey ed25519(String kid, byte[] x) throws GeneralSecurityException {
    if (x.length != ED25519_BYTES) {
      throw new GeneralSecurityException(
          "key " + kid + " has an x of " + x.length + " bytes; an Ed25519 key has 32");
    }
    byte[] encoded = new byte[ED25519_PREFIX.length + ED25519_BYTES];
    System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
    System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, ED25519_BYTES);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static SignatureCheck checkedBy(JWSVerifier verifier, JWSAlgorithm algorithm) {
    // A header of our own, not the token's: it only has to name the key's algorithm.
    JWSHeader header = new JWSHeader(algorithm);
    return (signed, signature) -> {
      try {
        return verifier.verify(header, signed, Base64URL.encode(signature));
      } catch (JOSEException e) {
        return false; // a signature of the wrong length or outside the curve's order
      }
    };
  }

  /** Nimbus leaves Ed25519 to a further library; the platform has it. */
  private static SignatureCheck checkedByJdk(PublicKey key) {
    return (signed, signature) -> {
      try {
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(key);
        check.update(signed);
        return check.verify(signature);
      } catch (SignatureException e) {
        return false; // of the wrong length or outside the group's order
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the platform verified this key's signatures before", e);
      }
    };
  }
}
