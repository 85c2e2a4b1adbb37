package io.sub30.gateway.text;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, by which contents are told apart. */
public final class Sha256 {

  private Sha256() {}

  /** A digest of its own for the caller; not thread-safe. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
