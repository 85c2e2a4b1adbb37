package io.sub30.node;

import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.identity.Credentials;
import io.sub30.gateway.identity.OperatorRefusal;
import io.sub30.ops.Operators;
import io.sub30.ops.OpsSettings;
import org.jspecify.annotations.Nullable;

/** Operators are known by the same tokens and keys as clients, with a scope of their own. */
final class OperatorTokens implements Operators {

  private final Credentials credentials;

  OperatorTokens(Credentials credentials) {
    this.credentials = credentials;
  }

  /**
   * Refuses a configuration that shows operations beyond this machine and under which no token
   * could be good for them.
   *
   * @throws ConfigException naming the keys
   */
  static void require(Sub30Config config) {
    String host = config.ops().host();
    if (!OpsSettings.isLoopback(host)
        && config.auth().jwks().isEmpty()
        && !Credentials.believesOwnTokens(config.auth())) {
      throw new ConfigException(
          "ops.host is "
              + host
              + ", so operators need a token, and none could be checked: auth.issuer "
              + config.auth().issuer()
              + " and auth.audience "
              + config.auth().audience()
              + " are not those of this server's own tokens, and auth.jwks names no other keys;"
              + " set auth.jwks, or ops.host to 127.0.0.1");
    }
  }

  @Override
  public @Nullable Refusal refuse(String token) {
    OperatorRefusal refusal = credentials.refuseOperator(token);
    return refusal == null ? null : new Refusal(refusal.known(), refusal.detail());
  }
}
