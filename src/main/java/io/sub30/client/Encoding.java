package io.sub30.client;

import io.sub30.v1.TickBatch;

/** How a batch is written and its answer is read. */
public enum Encoding {
  PROTOBUF("application/x-protobuf"),
  JSON("application/json");

  private final String mediaType;

  Encoding(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The batch as the body of a request. */
  public byte[] write(TickBatch batch) {
    return BatchEncoder.of(this).encode(batch);
  }

  /** The value of {@code Content-Type} and {@code Accept}. */
  public String mediaType() {
    return mediaType;
  }
}
