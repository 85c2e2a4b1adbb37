package io.sub30.client;

/** How batches travel. */
public enum Transport {
  /** One multiplexed HTTP/2 connection: prior knowledge on clear text, ALPN under TLS. */
  HTTP2,
  /** Unary gRPC on the same port; carries protobuf only. */
  GRPC,
  /** HTTP/1.1 keep-alive: one request at a time a connection, as MT5's own WebRequest does it. */
  HTTP1
}
