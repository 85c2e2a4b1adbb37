package io.sub30.gateway.identity;

import io.sub30.budget.Tier;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a verified token speaks for.
 *
 * @param terminal the only terminal it may send for; null when any of the tenant's
 * @param scopes what it may do
 * @param expiresAtMillis its {@code exp}, epoch milliseconds
 * @param tokenId its {@code jti}; null when the token has none
 * @param issuedAtMillis its {@code iat}, epoch milliseconds; {@link Long#MIN_VALUE} when absent
 */
public record Principal(
    String tenant,
    Tier tier,
    @Nullable String terminal,
    Set<Scope> scopes,
    long expiresAtMillis,
    @Nullable String tokenId,
    long issuedAtMillis)
    implements Verification {
  public Principal {
    scopes = Set.copyOf(scopes);
  }

  /** Of a token without {@code jti} and {@code iat}. */
  public Principal(
      String tenant,
      Tier tier,
      @Nullable String terminal,
      Set<Scope> scopes,
      long expiresAtMillis) {
    this(tenant, tier, terminal, scopes, expiresAtMillis, null, Long.MIN_VALUE);
  }

  /** Whether it has that scope. */
  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** Why {@link #may} said no. */
  public String lacks(Scope scope) {
    return "the token has no scope "
        + scope.label()
        + "; it has "
        + (scopes.isEmpty() ? "none that is known here" : Scope.labels(scopes));
  }

  /** May this token send for that terminal? */
  public boolean maySendFor(String batchTerminal) {
    return terminal == null || terminal.equals(batchTerminal);
  }

  /**
   * The terminal whose data this token is shown when it asks for one, or for none.
   *
   * @param asked empty when the question names none
   * @return empty for all of the tenant's; null when it may not be shown what it asked for
   */
  public @Nullable String readsOf(String asked) {
    if (asked.isEmpty()) {
      return terminal == null ? "" : terminal;
    }
    return maySendFor(asked) ? asked : null;
  }

  /** Why {@link #readsOf} said no. */
  public String notOf(String asked) {
    return "the token is for terminal " + terminal + ", the question for " + asked;
  }
}
