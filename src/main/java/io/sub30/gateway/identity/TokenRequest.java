package io.sub30.gateway.identity;

import io.sub30.budget.Tier;
import io.sub30.gateway.text.Identifiers;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a token is to say.
 *
 * @param tenant {@code [a-z0-9][a-z0-9_-]{0,63}}
 * @param terminal {@code [A-Za-z0-9._-]{1,64}}, the only terminal the token may send for; null for
 *     any
 * @param ttl how long it is good for: 1 second to 366 days, in whole seconds
 * @param scopes what it may be used for; at least one
 * @param id its {@code jti}, to revoke it by: {@code [A-Za-z0-9._:-]{1,128}}; null for a random one
 */
public record TokenRequest(
    String tenant,
    Tier tier,
    @Nullable String terminal,
    Duration ttl,
    Set<Scope> scopes,
    @Nullable String id) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Duration MIN_TTL = Duration.ofSeconds(1);
  static final Duration MAX_TTL = Duration.ofDays(366);

  /**
   * Checks every field.
   *
   * @throws IllegalArgumentException naming the field, its value and what is possible
   */
  public TokenRequest {
    if (!Identifiers.isTenant(tenant)) {
      throw new IllegalArgumentException(
          "tenant '" + tenant + "' is not " + Identifiers.TENANT_RULE);
    }
    if (terminal != null && !Identifiers.isTerminal(terminal)) {
      throw new IllegalArgumentException(
          "terminal '" + terminal + "' is not " + Identifiers.TERMINAL_RULE);
    }
    if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0 || ttl.getNano() != 0) {
      throw new IllegalArgumentException(
          "ttl " + ttl + " is not 1 second to 366 days, in whole seconds");
    }
    scopes = Set.copyOf(scopes);
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("scopes are empty; a token needs one at least");
    }
    if (id != null && !ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id '" + id + "' is not 1 to 128 of A-Z a-z 0-9 . _ : -");
    }
  }

  /** For the whole public API, with a random id. */
  public TokenRequest(String tenant, Tier tier, @Nullable String terminal, Duration ttl) {
    this(tenant, tier, terminal, ttl, Scope.API, null);
  }
}
