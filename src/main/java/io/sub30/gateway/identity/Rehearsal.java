package io.sub30.gateway.identity;

import io.sub30.budget.Tier;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for the server's own requests, which warm the path up and keep it warm: known to this
 * process only, and worthless once the rehearsal is over. The tenants' names start with a character
 * no real tenant's name may have. What they send passes the whole path and is neither stored nor
 * counted.
 *
 * <p>Thread-safe.
 */
public final class Rehearsal {

  /** No tenant's name in a token may start with it. */
  static final String PREFIX = "~";

  /** How the names of tenants begin whose every batch is a tenant's first one. */
  public static final String NEWCOMER = "newcomer-";

  private final Supplier<String> tokens;
  private final Map<String, Principal> principals = new ConcurrentHashMap<>();
  private final Set<String> unseen = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;

  /**
   * @param tokens signed ones, each another, so that the check of a signature is rehearsed as well;
   *     what they say does not matter
   */
  Rehearsal(Supplier<String> tokens) {
    this.tokens = tokens;
  }

  /** A token for a made-up tenant. Signs: some milliseconds while nothing is compiled. */
  public String admit(String name, Tier tier) {
    String token = tokens.get();
    unseen.add(token);
    principals.put(token, new Principal(tenant(name), tier, null, Scope.API, Long.MAX_VALUE));
    return token;
  }

  /** None of the tokens so far means anything any more. */
  public void dismissAll() {
    principals.clear();
    unseen.clear();
  }

  /** That token means nothing any more. */
  public void dismiss(String token) {
    principals.remove(token);
    unseen.remove(token);
  }

  /** Whether that token comes for the first time; true once for each. */
  public boolean firstTime(String token) {
    return unseen.remove(token);
  }

  /** How the tenant of that name is called on the bus. */
  public static String tenant(String name) {
    return PREFIX + name;
  }

  /** The rehearsal is over: its tokens mean nothing any more. */
  public void close() {
    open = false;
    dismissAll();
  }

  /** Whose token that is; null when it is none of a rehearsal that goes on. */
  public @Nullable Principal principal(String token) {
    return open ? principals.get(token) : null;
  }

  /** Whether nothing is kept of a tenant of that name from one batch to the next. */
  public static boolean isNewcomer(String tenant) {
    return tenant.startsWith(PREFIX + NEWCOMER);
  }

  /** Whether a tenant of that name exists for a rehearsal only. */
  public static boolean isRehearsal(String tenant) {
    return tenant.startsWith(PREFIX);
  }
}
