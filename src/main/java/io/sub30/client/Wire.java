package io.sub30.client;

import io.vertx.core.Future;

/** One transport to one server: sends encoded batches, reads answers. */
sealed interface Wire permits HttpWire, GrpcWire, StreamWire, SwitchingWire {
  /**
   * Sends one encoded batch. Succeeds with a value for every outcome of the network; fails only on
   * a bug.
   */
  Future<Answer> send(byte[] body);

  /** Opens the connection with a request that leaves no trace in the server. */
  Future<Void> open();

  Future<Void> close();
}
