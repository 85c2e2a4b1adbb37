package io.sub30.gateway;

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
 * The keys that are good now: that of our own, and those of {@code auth.jwks}, read again from time
 * to time. What cannot be read leaves the last good set in force. {@link #current} is for any
 * thread, {@link #refresh} for a worker.
 */
public final class KeyRing {
  private static final Logger log = LoggerFactory.getLogger(KeyRing.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<VerificationKey> own;
  private final @Nullable JwksSource source;
  private final Set<TokenAlgorithm> allowed;
  private volatile KeySet current;
  private @Nullable String lastFault;

  /**
   * @throws IOException when the source cannot be read now
   */
  KeyRing(KeySet own, @Nullable JwksSource source, Set<TokenAlgorithm> allowed) throws IOException {
    this.own = own.all().stream().filter(key -> allowed.contains(key.algorithm())).toList();
    this.source = source;
    this.allowed = allowed;
    this.current = source == null ? new KeySet(this.own) : read(source);
  }

  /**
   * Reads the configured keys for the first time. Blocks, for some seconds at most.
   *
   * @throws ConfigException when {@code auth.jwks} cannot be read or has no key that can be used
   */
  public static KeyRing open(AuthConfig config, SigningKeys own) {
    JwksSource source = config.jwks().map(uri -> new JwksSource(uri, PATIENCE)).orElse(null);
    try {
      return new KeyRing(own.verificationKeys(), source, config.algorithms());
    } catch (IOException e) {
      throw new ConfigException(
          "auth.jwks: the key set " + source + " cannot be used: " + e.getMessage(), e);
    }
  }

  KeySet current() {
    return current;
  }

  /** Reads the source again. Only one thread at a time does; a fault is logged when it is new. */
  synchronized void refresh() {
    if (source == null) {
      return;
    }
    try {
      KeySet read = read(source);
      if (read.version() != current.version()) {
        log.info("{} has changed: {} keys are good now", source, read.size());
        current = read;
      } else if (lastFault != null) {
        log.info("{} can be read again", source);
      }
      lastFault = null;
    } catch (IOException e) {
      String fault = String.valueOf(e.getMessage());
      if (!fault.equals(lastFault)) {
        log.warn("{} cannot be used, the keys read before stay in force: {}", source, fault);
        lastFault = fault;
      }
    }
  }

  private KeySet read(JwksSource from) throws IOException {
    List<VerificationKey> all = new ArrayList<>(own);
    all.addAll(Jwks.read(from.read(), allowed));
    try {
      return new KeySet(all);
    } catch (IllegalArgumentException e) {
      // A published key must not take the place of our own.
      throw new IOException(e.getMessage(), e);
    }
  }
}
