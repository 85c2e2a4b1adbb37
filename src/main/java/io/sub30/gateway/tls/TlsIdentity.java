package io.sub30.gateway.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain and the private key of its first certificate, which were seen to belong
 * together. Immutable; the arrays are never changed.
 */
public final class TlsIdentity {
  private static final int MAX_BYTES = 256 << 10;
  private static final int MAX_CHAIN = 16;
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private final byte[] certificatePem;
  private final byte[] keyPem;
  private final X509Certificate certificate;

  private TlsIdentity(byte[] certificatePem, byte[] keyPem, X509Certificate certificate) {
    this.certificatePem = certificatePem;
    this.keyPem = keyPem;
    this.certificate = certificate;
  }

  /**
   * Reads both files.
   *
   * @throws IOException naming the file, what is wrong and what would be right; it shows nothing of
   *     the key
   */
  static TlsIdentity read(Path certificateFile, Path keyFile, Instant now) throws IOException {
    byte[] certificatePem = bytes(certificateFile);
    byte[] keyPem = bytes(keyFile);
    X509Certificate certificate = chain(certificateFile, certificatePem).get(0);
    requireValid(certificateFile, certificate, now);
    if (!belong(certificate.getPublicKey(), privateKey(keyFile, keyPem, certificate))) {
      throw new IOException(
          keyFile
              + " is not the key of the first certificate in "
              + certificateFile
              + " ("
              + certificate.getSubjectX500Principal().getName()
              + ")");
    }
    return new TlsIdentity(certificatePem, keyPem, certificate);
  }

  private static void requireValid(Path file, X509Certificate certificate, Instant now)
      throws IOException {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      throw new IOException(
          file + " expired on " + end + "; a certificate that is valid now is needed");
    }
    if (now.isBefore(begin)) {
      throw new IOException(
          file + " is not valid before " + begin + "; a certificate that is valid now is needed");
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }

  private static List<X509Certificate> chain(Path file, byte[] pem) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .forEach(certificate -> chain.add((X509Certificate) certificate));
    } catch (CertificateException e) {
      throw new IOException(file + " is not a PEM file of X.509 certificates", e);
    }
    if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
      throw new IOException(
          file + " has " + chain.size() + " certificates; 1 to " + MAX_CHAIN + " are possible");
    }
    return chain;
  }

  private static PrivateKey privateKey(Path file, byte[] pem, X509Certificate certificate)
      throws IOException {
    Matcher block = PKCS8.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!block.find()) {
      throw new IOException(
          file
              + " has no 'BEGIN PRIVATE KEY' (unencrypted PKCS#8); openssl pkcs8 -topk8 -nocrypt"
              + " makes one");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(block.group(1));
      return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the cause, which may quote the key.
      throw new IOException(
          file
              + " is not a key of the certificate's kind, "
              + certificate.getPublicKey().getAlgorithm());
    }
  }

  /** What the one signs the other must confirm; nothing else proves it for every kind of key. */
  private static boolean belong(PublicKey known, PrivateKey key) throws IOException {
    String algorithm =
        switch (known.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default ->
              throw new IOException(
                  "the certificate's key is " + known.getAlgorithm() + "; RSA or EC is needed");
        };
    byte[] text = "sub30".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(known);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  boolean sameAs(TlsIdentity other) {
    return Arrays.equals(certificatePem, other.certificatePem)
        && Arrays.equals(keyPem, other.keyPem);
  }

  byte[] certificatePem() {
    return certificatePem;
  }

  byte[] keyPem() {
    return keyPem;
  }

  /** Who it is and until when, for a log. */
  @Override
  public String toString() {
    return certificate.getSubjectX500Principal().getName()
        + ", valid until "
        + certificate.getNotAfter().toInstant();
  }
}
