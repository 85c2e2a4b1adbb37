package io.sub30.gateway.identity;

import io.sub30.budget.EpochClock;
import io.sub30.config.AuthConfig;
import io.sub30.config.ConfigException;
import io.sub30.config.TokenAlgorithm;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that are good now: those of our own, and those of {@code auth.jwks}, read again from
 * time to time. What cannot be read leaves the last good set in force. {@link #current} is for any
 * thread, {@link #refresh} for a worker.
 */
public final class KeyRing {
  private static final Logger log = LoggerFactory.getLogger(KeyRing.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final @Nullable JwksSource source;
  private final Set<TokenAlgorithm> allowed;
  private final EpochClock clock;
  private SigningKeys own;
  private List<VerificationKey> published;
  private volatile KeySet current;
  private @Nullable String lastOwnFault;
  private @Nullable String lastFault;

  /**
   * @throws IOException when the source cannot be read now
   */
  KeyRing(
      SigningKeys own, @Nullable JwksSource source, Set<TokenAlgorithm> allowed, EpochClock clock)
      throws IOException {
    this.own = own;
    this.source = source;
    this.allowed = allowed;
    this.clock = clock;
    this.published = source == null ? List.of() : Jwks.read(source.read(), allowed);
    this.current = together(own, published);
  }

  /**
   * Reads the configured keys for the first time. Blocks, for some seconds at most.
   *
   * @throws ConfigException when {@code auth.jwks} cannot be read or has no key that can be used
   */
  public static KeyRing open(AuthConfig config, SigningKeys own) {
    JwksSource source = config.jwks().map(uri -> new JwksSource(uri, PATIENCE)).orElse(null);
    try {
      return new KeyRing(own, source, config.algorithms(), EpochClock.SYSTEM);
    } catch (IOException e) {
      throw new ConfigException(
          "auth.jwks: the key set " + source + " cannot be used: " + e.getMessage(), e);
    }
  }

  KeySet current() {
    return current;
  }

  /** Reads files and source again. Only one thread at a time does; a fault is logged when new. */
  synchronized void refresh() {
    refreshOwn();
    if (source != null) {
      refreshPublished(source);
    }
  }

  /** A rotation has put another pair into the folder, or a replaced key's time is up. */
  private void refreshOwn() {
    try {
      SigningKeys read = own.reread(clock);
      use(together(read, published), "the signing keys");
      own = read;
      lastOwnFault = null;
    } catch (IOException e) {
      String fault = String.valueOf(e.getMessage());
      if (!fault.equals(lastOwnFault)) {
        log.warn("the signing keys read before stay in force: {}", fault);
        lastOwnFault = fault;
      }
    }
  }

  private void refreshPublished(JwksSource from) {
    try {
      List<VerificationKey> read = Jwks.read(from.read(), allowed);
      use(together(own, read), from);
      published = read;
      if (lastFault != null) {
        log.info("{} can be read again", from);
      }
      lastFault = null;
    } catch (IOException e) {
      String fault = String.valueOf(e.getMessage());
      if (!fault.equals(lastFault)) {
        log.warn("{} cannot be used, the keys read before stay in force: {}", from, fault);
        lastFault = fault;
      }
    }
  }

  private void use(KeySet read, Object changed) {
    if (read.version() != current.version()) {
      log.info("{} changed: {} keys are good now", changed, read.size());
      current = read;
    }
  }

  private KeySet together(SigningKeys ours, List<VerificationKey> theirs) throws IOException {
    List<VerificationKey> all = new ArrayList<>(theirs);
    ours.verificationKeys().all().stream()
        .filter(key -> allowed.contains(key.algorithm()))
        .forEach(all::add);
    try {
      return new KeySet(all);
    } catch (IllegalArgumentException e) {
      // A published key must not take the place of our own.
      throw new IOException(e.getMessage(), e);
    }
  }
}
