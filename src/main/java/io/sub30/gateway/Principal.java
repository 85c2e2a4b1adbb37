package io.sub30.gateway;

import io.sub30.budget.Tier;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a verified token speaks for.
 *
 * @param terminal the only terminal it may send for; null when any of the tenant's
 * @param scopes what it may do; empty when the token does not say
 * @param expiresAtMillis its {@code exp}, epoch milliseconds
 */
record Principal(
    String tenant, Tier tier, @Nullable String terminal, Set<String> scopes, long expiresAtMillis)
    implements Verification {
  Principal {
    scopes = Set.copyOf(scopes);
  }

  /** May this token send for that terminal? */
  boolean maySendFor(String batchTerminal) {
    return terminal == null || terminal.equals(batchTerminal);
  }
}
