package io.sub30.bus;

import com.google.protobuf.MessageLite;
import io.vertx.core.Future;

/**
 * What a component does at an address. Runs on its lane and must not block; fails with a {@link
 * HopFailure} or a bug.
 */
@FunctionalInterface
public interface Service<Q extends MessageLite, R extends MessageLite> {
  Future<R> serve(Envelope<Q> request);
}
