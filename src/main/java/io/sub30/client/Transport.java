package io.sub30.client;

/** How batches travel. */
public enum Transport {
  /** One multiplexed HTTP/2 connection: prior knowledge on clear text, ALPN under TLS. */
  HTTP2,
  /** Unary gRPC on the same port; carries protobuf only. */
  GRPC,
  /** HTTP/1.1 keep-alive: one request at a time a connection, as MT5's own WebRequest does it. */
  HTTP1,
  /** All batches over one HTTP/2 request, answered over its response in their order. */
  STREAM,
  /** {@link #GRPC} while it works, {@link #STREAM} while it does not; carries protobuf only. */
  GRPC_ELSE_STREAM
}
