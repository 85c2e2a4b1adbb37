package io.sub30.gateway;

import io.sub30.config.ConfigException;
import io.sub30.config.HttpConfig;
import io.sub30.config.TlsConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate the API shows, read again from time to time. What cannot be used leaves the last
 * good one in force. {@link #current} is for any thread, {@link #refresh} for a worker.
 */
public final class ServerCertificate {
  private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

  private final TlsConfig config;
  private final Clock clock;
  private volatile TlsIdentity current;
  private volatile TlsIdentity shown;
  private final AtomicBoolean showing = new AtomicBoolean();
  private @Nullable String lastFault;

  ServerCertificate(TlsConfig config, Clock clock) throws IOException {
    this.config = config;
    this.clock = clock;
    this.current = TlsIdentity.read(config.certificate(), config.key(), clock.instant());
    this.shown = current;
  }

  /**
   * The configured certificate; null when the API is cleartext.
   *
   * @throws ConfigException when it cannot be read or is not the key's
   */
  public static @Nullable ServerCertificate open(HttpConfig http) {
    TlsConfig config = http.tls().orElse(null);
    if (config == null) {
      return null;
    }
    try {
      return new ServerCertificate(config, Clock.systemUTC());
    } catch (IOException e) {
      throw new ConfigException("http.tls: " + e.getMessage(), e);
    }
  }

  TlsIdentity current() {
    return current;
  }

  /**
   * The certificate that is to be shown from now on, for the caller alone: it says with {@link
   * #shown} how that went, and nobody else is asked meanwhile. The lanes share one listener, and
   * Vert.x 5.0.7 fails when two update it at once.
   *
   * @return null when there is nothing to do, or another lane is doing it
   */
  @Nullable TlsIdentity toBeShown() {
    if (current == shown || !showing.compareAndSet(false, true)) {
      return null;
    }
    TlsIdentity now = current;
    if (now == shown) {
      showing.set(false);
      return null;
    }
    return now;
  }

  /** The outcome of {@link #toBeShown}; what failed is tried again. */
  void shown(TlsIdentity identity, boolean succeeded) {
    if (succeeded) {
      shown = identity;
    }
    showing.set(false);
  }

  /** The certificate in PEM, for who has to trust this very server. */
  public byte[] pem() {
    return current.certificatePem().clone();
  }

  long refreshMillis() {
    return config.refresh().toMillis();
  }

  /** Reads the files again; a fault is logged when it is new. */
  synchronized void refresh() {
    try {
      TlsIdentity read = TlsIdentity.read(config.certificate(), config.key(), clock.instant());
      if (!read.sameAs(current)) {
        log.info("the API's certificate is now {}", read);
        current = read;
      }
      lastFault = null;
    } catch (IOException e) {
      String fault = String.valueOf(e.getMessage());
      if (!fault.equals(lastFault)) {
        log.warn("the API's certificate stays {}: {}", current, fault);
        lastFault = fault;
      }
    }
  }
}
