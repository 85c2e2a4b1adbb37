package io.sub30.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Replay} does. Begin with {@link #of} and change what differs.
 *
 * @param target the API, e.g. {@code http://127.0.0.1:8080}
 * @param tokens bearer tokens; connection n uses token n mod size. A token that is bound to a
 *     terminal serves one connection
 * @param ticks what every connection sends
 * @param connections one TCP connection and one terminal each, 1 to 10,000
 * @param terminalPrefix connection n is terminal {@code prefix-n}; empty: {@code replay-<run id>}.
 *     A token's own terminal claim goes before
 * @param transport how batches travel
 * @param encoding how they are written
 * @param pace when they are due
 * @param batch ticks in a batch, 1 to 10,000
 * @param loop begin again after the last tick, times shifted by whole days, sequences continuing
 * @param length no batch due at or after it is sent; zero: no limit
 * @param inFlight unanswered batches a connection, 1 to 10,000; further ones wait, their latency
 *     running
 * @param timeout of one attempt, 10 ms to 10 min
 * @param retries when unacknowledged batches are sent again
 * @param ca as in {@link ClientOptions}
 */
public record ReplayPlan(
    URI target,
    List<String> tokens,
    TickSupply ticks,
    int connections,
    String terminalPrefix,
    Transport transport,
    Encoding encoding,
    Pace pace,
    int batch,
    boolean loop,
    Duration length,
    int inFlight,
    Duration timeout,
    RetryPolicy retries,
    @Nullable Path ca) {
  public ReplayPlan {
    tokens = List.copyOf(tokens);
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("token: at least one is needed");
    }
    if (connections < 1 || connections > 10_000) {
      throw new IllegalArgumentException("connections " + connections + ": must be 1 to 10000");
    }
    if (batch < 1 || batch > 10_000) {
      throw new IllegalArgumentException("batch " + batch + ": must be 1 to 10000 ticks");
    }
    if (length.isNegative() || length.toDays() > 365) {
      throw new IllegalArgumentException("length " + length + ": must be 0 to 365 days");
    }
    for (String token : tokens) {
      // Refused here, with the plan, rather than when the first connection is made.
      new ClientOptions(target, token, transport, encoding, 1, inFlight, timeout, ca);
    }
  }

  /**
   * Four connections over HTTP/2 with protobuf, 20 ticks a batch, once through, as fast as answers
   * come.
   */
  public static ReplayPlan of(URI target, List<String> tokens, TickSupply ticks) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        4,
        "",
        Transport.HTTP2,
        Encoding.PROTOBUF,
        new Pace.AsFastAsAnswered(),
        20,
        false,
        Duration.ZERO,
        256,
        Duration.ofSeconds(10),
        RetryPolicy.DEFAULT,
        null);
  }

  public ReplayPlan withConnections(int count) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        count,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        length,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withTerminalPrefix(String prefix) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        prefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        length,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withTransport(Transport how, Encoding written) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        how,
        written,
        pace,
        batch,
        loop,
        length,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withPace(Pace when) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        when,
        batch,
        loop,
        length,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withBatch(int size) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        size,
        loop,
        length,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withLoop(boolean again) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        again,
        length,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withLength(Duration most) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        most,
        inFlight,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withInFlight(int most) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        length,
        most,
        timeout,
        retries,
        ca);
  }

  public ReplayPlan withTimeout(Duration attempt) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        length,
        inFlight,
        attempt,
        retries,
        ca);
  }

  public ReplayPlan withRetries(RetryPolicy policy) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        length,
        inFlight,
        timeout,
        policy,
        ca);
  }

  public ReplayPlan withCa(@Nullable Path pem) {
    return new ReplayPlan(
        target,
        tokens,
        ticks,
        connections,
        terminalPrefix,
        transport,
        encoding,
        pace,
        batch,
        loop,
        length,
        inFlight,
        timeout,
        retries,
        pem);
  }

  ClientOptions client(int connection) {
    return new ClientOptions(
        target, token(connection), transport, encoding, 1, inFlight, timeout, ca);
  }

  String token(int connection) {
    return tokens.get(connection % tokens.size());
  }
}
