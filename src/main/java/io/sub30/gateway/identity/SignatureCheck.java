package io.sub30.gateway.identity;

/** Tells whether a signature is a key's. Thread-safe; costs up to some milliseconds. */
interface SignatureCheck {
  /**
   * @param signature as the JWS has it, decoded; of any length
   */
  boolean holds(byte[] signed, byte[] signature);
}
