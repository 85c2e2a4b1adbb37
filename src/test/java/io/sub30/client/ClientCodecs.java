package io.sub30.client;

import io.sub30.v1.TickBatch;

/** The client's encodings, opened for the benchmarks, which live in a package of their own. */
public final class ClientCodecs {
  private static final BatchEncoder JSON = BatchEncoder.of(Encoding.JSON);
  private static final BatchEncoder PROTOBUF = BatchEncoder.of(Encoding.PROTOBUF);

  private ClientCodecs() {}

  public static byte[] toJson(TickBatch batch) {
    return JSON.encode(batch);
  }

  public static byte[] toProtobuf(TickBatch batch) {
    return PROTOBUF.encode(batch);
  }
}
