package io.sub30.gateway.tls;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The certificate that one port shows, whose listener several lanes share. Thread-safe. */
public final class ShownCertificate {

  private final Supplier<TlsIdentity> current;
  private final long refreshMillis;
  private final AtomicBoolean replacing = new AtomicBoolean();
  private volatile TlsIdentity shown;

  /**
   * @param current the one that should be shown
   * @param refreshMillis how often to ask for {@link #next}
   */
  ShownCertificate(Supplier<TlsIdentity> current, long refreshMillis) {
    this.current = current;
    this.refreshMillis = refreshMillis;
    this.shown = current.get();
  }

  /** How often to ask for the next one, milliseconds. */
  public long refreshMillis() {
    return refreshMillis;
  }

  /** What is shown now. */
  public TlsIdentity identity() {
    return shown;
  }

  /**
   * The certificate that is to be shown from now on, for the caller alone: it says with {@link
   * #replaced} how that went, and nobody else is asked meanwhile, since Vert.x 5.0.7 fails when two
   * lanes update their listener at once.
   *
   * @return null when there is nothing to do, or another lane is doing it
   */
  public @Nullable TlsIdentity next() {
    if (current.get() == shown || !replacing.compareAndSet(false, true)) {
      return null;
    }
    TlsIdentity now = current.get();
    if (now == shown) {
      replacing.set(false);
      return null;
    }
    return now;
  }

  /** The outcome of {@link #next}; what failed is tried again. */
  public void replaced(TlsIdentity identity, boolean succeeded) {
    if (succeeded) {
      shown = identity;
    }
    replacing.set(false);
  }
}
