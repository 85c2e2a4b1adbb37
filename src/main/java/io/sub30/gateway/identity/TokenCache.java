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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers verified tokens, so that a signature is checked once a minute and not once a request.
 *
 * <p>Only believed tokens are kept, for at most a minute and never past their {@code exp}; both are
 * checked against the clock on every hit. Garbage is verified, refused and forgotten, so it cannot
 * push a good token out. A token in use is looked at again before its minute is over. The key is
 * the SHA-256 of the token with the issuer and the key set's version: a believed token has exactly
 * one spelling, because it was decoded strictly. Thread-safe; a hit costs a hash of the token and a
 * look-up.
 */
public final class TokenCache {
  /** Most tokens remembered unless it is said otherwise. */
  static final int MAX_TOKENS = 10_000;

  /** Longest time between two looks at a token's signature. */
  static final long MAX_AGE_MILLIS = 60_000;

  /** From then on it is looked at again beside the requests, so that none of them waits for it. */
  static final long RENEWED_MILLIS = 45_000;

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
  private record Believed(
      Principal principal, long fromMillis, long untilMillis, AtomicBoolean renewing) {

    /** A clock set back must not lengthen a token's life, hence the lower bound. */
    boolean holdsAt(long nowMillis) {
      return nowMillis >= fromMillis && nowMillis < untilMillis;
    }

    /** Once, when it is time to look at its signature again. */
    boolean begsRenewal(long nowMillis) {
      return nowMillis - fromMillis >= RENEWED_MILLIS && renewing.compareAndSet(false, true);
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
   *
   * @param renewal is told of a token that is to be {@linkplain #check checked} again meanwhile
   */
  public @Nullable Principal remembered(String compact, Consumer<String> renewal) {
    if (compact.length() > JwsVerifier.MAX_LENGTH) {
      return null;
    }
    Believed known = believed.getIfPresent(fingerprint(compact, salt()));
    long nowMillis = clock.epochMillis();
    if (known == null || !known.holdsAt(nowMillis) || revoked.get().isRevoked(known.principal)) {
      return null;
    }
    if (known.begsRenewal(nowMillis)) {
      renewal.accept(compact);
    }
    return known.principal;
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
    return known != null && known.holdsAt(nowMillis)
        ? unlessRevoked(known.principal)
        : check(compact, salted, fingerprint, nowMillis);
  }

  /** The verifier's answer, whatever is remembered; it is what is remembered then. */
  public Verification check(String compact) {
    if (compact.length() > JwsVerifier.MAX_LENGTH) {
      return verifier.verify(compact);
    }
    Salt salted = salt();
    return check(compact, salted, fingerprint(compact, salted), clock.epochMillis());
  }

  private Verification check(String compact, Salt salted, Fingerprint fingerprint, long nowMillis) {
    Verification verification = verifier.verify(compact, salted.keys);
    if (verification instanceof Principal principal) {
      // Remembered even if revoked: the list is asked each time, and may take an entry back.
      long until = Math.min(principal.expiresAtMillis(), nowMillis + MAX_AGE_MILLIS);
      believed.put(fingerprint, new Believed(principal, nowMillis, until, new AtomicBoolean()));
    } else {
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
