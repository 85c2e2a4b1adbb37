package io.sub30.gateway.identity;

/**
 * Why a token was refused. The client is told the fault and one sentence; only expiry asks for
 * something else of it.
 */
public enum TokenFault {
  /** No token came at all, or not as a bearer token. */
  MISSING,
  /** Not three base64url parts in their canonical spelling, or not strict JSON inside. */
  MALFORMED,
  /** Longer than {@link JwsVerifier#MAX_LENGTH}. */
  TOO_LONG,
  /** {@code typ} is something other than JWT. */
  WRONG_TYPE,
  /** {@code crit} names an extension; none is understood here. */
  CRITICAL_EXTENSION,
  /** No key has that kid. */
  UNKNOWN_KEY,
  /** {@code alg} is not the one the key is for. */
  WRONG_ALGORITHM,
  /** The signature is not the key's. */
  BAD_SIGNATURE,
  /** {@code iss} is someone else. */
  WRONG_ISSUER,
  /** {@code aud} does not name this API. */
  WRONG_AUDIENCE,
  /** Past {@code exp}: the one fault that a new token from the same source puts right. */
  EXPIRED,
  /** Good in itself, but on the list of revoked ones. */
  REVOKED,
  /** {@code nbf} or {@code iat} lies in the future. */
  NOT_YET_VALID,
  /** A claim is missing or of the wrong type or form. */
  BAD_CLAIM
}
