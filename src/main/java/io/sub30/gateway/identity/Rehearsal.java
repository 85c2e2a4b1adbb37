package io.sub30.gateway.identity;

import io.sub30.budget.Tier;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for the server's own warm-up requests: random, known to this process only, and worthless
 * once the rehearsal is over. The tenants' names start with a character no real tenant's name may
 * have. What they send passes the whole path and is neither stored nor counted.
 *
 * <p>Thread-safe.
 */
public final class Rehearsal {

  /** No tenant's name in a token may start with it. */
  static final String PREFIX = "~";

  private final Map<String, Principal> principals = new ConcurrentHashMap<>();
  private volatile boolean open = true;

  /** A token for a made-up tenant. */
  public String admit(String name, Tier tier) {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    principals.put(token, new Principal(tenant(name), tier, null, Scope.API, Long.MAX_VALUE));
    return token;
  }

  /** How the tenant of that name is called on the bus. */
  public static String tenant(String name) {
    return PREFIX + name;
  }

  /** The rehearsal is over: its tokens mean nothing any more. */
  public void close() {
    open = false;
    principals.clear();
  }

  /** Whose token that is; null when it is none of a rehearsal that goes on. */
  public @Nullable Principal principal(String token) {
    return open ? principals.get(token) : null;
  }

  /** Whether a tenant of that name exists for a rehearsal only. */
  public static boolean isRehearsal(String tenant) {
    return tenant.startsWith(PREFIX);
  }
}
