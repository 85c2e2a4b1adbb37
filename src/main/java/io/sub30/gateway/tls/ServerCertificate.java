package io.sub30.gateway.tls;

import io.sub30.config.ConfigException;
import io.sub30.config.HttpConfig;
import io.sub30.config.TlsConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.ConcurrentHashMap;
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
  private final ConcurrentHashMap<Integer, ShownCertificate> shown = new ConcurrentHashMap<>();
  private @Nullable String lastFault;

  ServerCertificate(TlsConfig config, Clock clock) throws IOException {
    this.config = config;
    this.clock = clock;
    this.current = TlsIdentity.read(config.certificate(), config.key(), clock.instant());
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

  /** What is shown on that port, for all lanes that serve it. */
  public ShownCertificate on(int port) {
    return shown.computeIfAbsent(
        port, first -> new ShownCertificate(this::current, refreshMillis()));
  }

  /** The certificate in PEM, for who has to trust this very server. */
  public byte[] pem() {
    return current.certificatePem().clone();
  }

  /** How often the files are to be read again, milliseconds. */
  public long refreshMillis() {
    return config.refresh().toMillis();
  }

  /** Reads the files again; a fault is logged when it is new. */
  public synchronized void refresh() {
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
