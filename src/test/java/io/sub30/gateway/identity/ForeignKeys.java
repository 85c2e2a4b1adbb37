package io.sub30.gateway.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;

/** Key pairs of another issuer's, made with the platform alone. */
enum ForeignKeys {
  RSA("RS256"),
  EC("ES256"),
  ED25519("EdDSA");

  final String alg;
  private final KeyPair pair;

  ForeignKeys(String alg) {
    this.alg = alg;
    try {
      this.pair =
          switch (alg) {
            case "RS256" -> rsa(2_048);
            case "ES256" -> {
              KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
              generator.initialize(new ECGenParameterSpec("secp256r1"));
              yield generator.generateKeyPair();
            }
            default -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
          };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4));
    return generator.generateKeyPair();
  }

  /** The public key as a JWK. */
  String jwk(String kid) {
    return "{\"kid\":\"" + kid + "\",\"use\":\"sig\"," + members() + "}";
  }

  /** The same with the private half; of an EC key only. */
  String privateJwk(String kid) {
    BigInteger d = ((ECPrivateKey) pair.getPrivate()).getS();
    return "{\"kid\":\"" + kid + "\"," + members() + ",\"d\":\"" + fixed(d, 32) + "\"}";
  }

  /** A public key of as many bits as are wanted; nobody has its private half. */
  static String rsaJwk(String kid, int bits, String alg) {
    BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
    return "{\"kty\":\"RSA\",\"kid\":\"%s\",\"alg\":\"%s\",\"n\":\"%s\",\"e\":\"AQAB\"}"
        .formatted(kid, alg, Base64URL.encode(unsigned(modulus)));
  }

  private String members() {
    return switch (this) {
      case RSA -> {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        yield "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\""
            .formatted(
                Base64URL.encode(unsigned(key.getModulus())),
                Base64URL.encode(unsigned(key.getPublicExponent())));
      }
      case EC -> {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        yield "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"x\":\"%s\",\"y\":\"%s\""
            .formatted(fixed(key.getW().getAffineX(), 32), fixed(key.getW().getAffineY(), 32));
      }
      case ED25519 -> {
        byte[] encoded = pair.getPublic().getEncoded();
        yield "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\""
            .formatted(
                Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
      }
    };
  }

  private static Base64URL fixed(BigInteger value, int length) {
    byte[] bytes = unsigned(value);
    byte[] padded = new byte[length];
    System.arraycopy(bytes, 0, padded, length - bytes.length, bytes.length);
    return Base64URL.encode(padded);
  }

  private static byte[] unsigned(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /** A token of that kid with good claims. */
  String token(String kid) throws Exception {
    return sign("{\"alg\":\"" + alg + "\",\"kid\":\"" + kid + "\"}", Tokens.json(Tokens.claims()));
  }

  /** Signs with the key's own algorithm, whatever the header says. */
  String sign(String header, String payload) throws Exception {
    String input = Tokens.encode(header) + "." + Tokens.encode(payload);
    byte[] signed = input.getBytes(StandardCharsets.US_ASCII);
    if (this == EC) {
      return input
          + "."
          + new ECDSASigner((ECPrivateKey) pair.getPrivate())
              .sign(new JWSHeader(JWSAlgorithm.ES256), signed);
    }
    Signature signature = Signature.getInstance(this == RSA ? "SHA256withRSA" : "Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(signed);
    return input + "." + Base64URL.encode(signature.sign());
  }
}
