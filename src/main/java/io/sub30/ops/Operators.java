package io.sub30.ops;

import org.jspecify.annotations.Nullable;

/** Knows who may operate this process. Thread-safe; may take milliseconds: for a worker. */
@FunctionalInterface
public interface Operators {

  /**
   * Judges a bearer token.
   *
   * @return why its holder may not; null when it may
   */
  @Nullable Refusal refuse(String token);

  /**
   * Why not.
   *
   * @param known whether the token is good in itself; if not, another one may help
   * @param detail one sentence, with nothing of the token in it
   */
  record Refusal(boolean known, String detail) {}
}
