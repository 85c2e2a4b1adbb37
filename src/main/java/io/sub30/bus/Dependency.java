package io.sub30.bus;

import java.util.function.Predicate;

/**
 * What a breaker stands before.
 *
 * @param name as health and metrics show it
 * @param hop whose time its calls take; a refused call fails in its name
 * @param timeoutMillis after which a call is given up and has failed; {@link #NO_TIMEOUT} leaves
 *     that to the call
 * @param isAtFault whether a failure says something about the dependency, rather than about what it
 *     was asked; one that does not counts as an answer
 */
public record Dependency(String name, Hop hop, int timeoutMillis, Predicate<Throwable> isAtFault) {

  /** Calls end by themselves. */
  public static final int NO_TIMEOUT = -1;

  public Dependency {
    if (timeoutMillis != NO_TIMEOUT && timeoutMillis < 1) {
      throw new IllegalArgumentException(
          name + ": the timeout is " + timeoutMillis + " ms, it must be 1 or more, or -1 for none");
    }
  }

  /** One whose calls end by themselves and whose failures all count. */
  public static Dependency of(String name, Hop hop) {
    return new Dependency(name, hop, NO_TIMEOUT, failure -> true);
  }

  /** The same with calls that are given up after so long. */
  public Dependency withTimeout(int millis) {
    return new Dependency(name, hop, millis, isAtFault);
  }

  /** The same with only those failures counting. */
  public Dependency atFaultWhen(Predicate<Throwable> tells) {
    return new Dependency(name, hop, timeoutMillis, tells);
  }
}
