package io.sub30.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sub30.budget.EpochClock;
import io.sub30.gateway.text.Sha256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers verified tokens, so that a signature is checked once a minute and not once a request.
 *
 * <p>Only believed tokens are kept, for at most a minute and never past their {@code exp}; both are
 * checked against the clock on every hit. Garbage is verified, refused and forgotten, so it cannot
 * push a good token out. The key is the SHA-256 of the token with the issuer and the key set's
 * version: a believed token has exactly one spelling, because it was decoded strictly. Thread-safe;
 * a hit costs a hash of the token and a look-up.
 */
public final class TokenCache {
  /** Most tokens remembered unless it is said otherwise. */
  static final int MAX_TOKENS = 10_000;

  /** Longest time between two looks at a token's signature. */
  static final long MAX_AGE_MILLIS = 60_000;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // Creating a digest costs more than hashing a token with it.
  private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Sha256::digest);

  private final TokenVerifier verifier;
  private final EpochClock clock;
  private final Supplier<Revocations> revoked;
  private final byte[] issuer;
  private volatile Salt salt;
  private final Cache<Fingerprint, Believed> believed;

  /** 256 bits that stand for a token; the token itself is not kept. */
  private record Fingerprint(long a, long b, long c, long d) {
    @Override
    public int hashCode() {
      return Long.hashCode(a); // the bits of a SHA-256 need no mixing
    }
  }

  /** What the fingerprints under one set of keys begin with. */
  private record Salt(KeySet keys, byte[] bytes) {}

  /**
   * A verified token's holder and how long that may be taken for granted: from inclusive, until
   * exclusive.
   */
  private record Believed(Principal principal, long fromMillis, long untilMillis) {
    /** A clock set back must not lengthen a token's life, hence the lower bound. */
    boolean holdsAt(long nowMillis) {
      return nowMillis >= fromMillis && nowMillis < untilMillis;
    }
  }

  TokenCache(TokenVerifier verifier, EpochClock clock) {
    this(verifier, clock, MAX_TOKENS, () -> Revocations.NONE);
  }

  /**
   * @param maxTokens most tokens remembered; some 300 bytes each
   * @param revoked the list of the moment; asked before anything remembered counts
   */
  TokenCache(
      TokenVerifier verifier, EpochClock clock, int maxTokens, Supplier<Revocations> revoked) {
    this.verifier = verifier;
    this.revoked = revoked;
    this.clock = clock;
    this.believed = Caffeine.newBuilder().maximumSize(maxTokens).executor(Runnable::run).build();
    this.issuer = verifier.rules().issuer().getBytes(StandardCharsets.UTF_8);
    this.salt = salted(verifier.keys());
  }

  /**
   * The salt of the keys that are good now. Other keys have another one, so that nothing they did
   * not verify is remembered of them.
   */
  private Salt salt() {
    KeySet keys = verifier.keys();
    Salt known = salt;
    if (known.keys != keys) {
      known = salted(keys);
      salt = known;
    }
    return known;
  }

  private Salt salted(KeySet keys) {
    byte[] bytes = new byte[Long.BYTES + issuer.length];
    LONGS.set(bytes, 0, keys.version());
    System.arraycopy(issuer, 0, bytes, Long.BYTES, issuer.length);
    return new Salt(keys, bytes);
  }

  /**
   * Who a token speaks for if that is remembered; null when its signature must be checked. For
   * event loops, which can leave {@link #verify} to a worker: a check costs more than the whole
   * {@code api_gateway} line.
   */
  public @Nullable Principal remembered(String compact) {
    if (compact.length() > JwsVerifier.MAX_LENGTH) {
      return null;
    }
    Believed known = believed.getIfPresent(fingerprint(compact, salt()));
    return known != null
            && known.holdsAt(clock.epochMillis())
            && !revoked.get().isRevoked(known.principal)
        ? known.principal
        : null;
  }

  /** The same answer the verifier gives, sooner when it was given before. */
  public Verification verify(String compact) {
    if (compact.length() > JwsVerifier.MAX_LENGTH) {
      return verifier.verify(compact); // refuses it; an unbounded string is not worth a hash
    }
    // Once for the whole: what these keys verify must not be remembered under others.
    Salt salted = salt();
    Fingerprint fingerprint = fingerprint(compact, salted);
    long nowMillis = clock.epochMillis();
    Believed known = believed.getIfPresent(fingerprint);
    if (known != null && known.holdsAt(nowMillis)) {
      return unlessRevoked(known.principal);
    }
    Verification verification = verifier.verify(compact, salted.keys);
    if (verification instanceof Principal principal) {
      // Remembered even if revoked: the list is asked each time, and may take an entry back.
      long until = Math.min(principal.expiresAtMillis(), nowMillis + MAX_AGE_MILLIS);
      believed.put(fingerprint, new Believed(principal, nowMillis, until));
    } else if (known != null) {
      believed.invalidate(fingerprint);
    }
    return verification instanceof Principal principal ? unlessRevoked(principal) : verification;
  }

  private Verification unlessRevoked(Principal principal) {
    return revoked.get().isRevoked(principal)
        ? new TokenRefusal(TokenFault.REVOKED, "the token was revoked; get a new one")
        : principal;
  }

  long size() {
    believed.cleanUp();
    return believed.estimatedSize();
  }

  private static Fingerprint fingerprint(String compact, Salt salted) {
    MessageDigest digest = DIGEST.get();
    digest.update(salted.bytes);
    // A character outside Latin-1 becomes '?', which no believed token contains: no collision with
    // one.
    byte[] hash = digest.digest(compact.getBytes(StandardCharsets.ISO_8859_1));
    return new Fingerprint(
        (long) LONGS.get(hash, 0),
        (long) LONGS.get(hash, 8),
        (long) LONGS.get(hash, 16),
        (long) LONGS.get(hash, 24));
  }
}
