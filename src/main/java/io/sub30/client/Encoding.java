package io.sub30.client;

/** How a batch is written and its answer is read. */
public enum Encoding {
  PROTOBUF("application/x-protobuf"),
  JSON("application/json");

  private final String mediaType;

  Encoding(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The value of {@code Content-Type} and {@code Accept}. */
  public String mediaType() {
    return mediaType;
  }
}
