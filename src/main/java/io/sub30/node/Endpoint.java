package io.sub30.node;

/**
 * Where a listener can be reached.
 *
 * @param host as a client would write it: a wildcard address is shown as the loopback one
 * @param tls whether only TLS is spoken there
 */
public record Endpoint(String host, int port, boolean tls) {

  public Endpoint {
    if (host.equals("0.0.0.0") || host.equals("::")) {
      host = "127.0.0.1";
    }
  }

  /** A cleartext listener. */
  public Endpoint(String host, int port) {
    this(host, port, false);
  }

  /** The address as a URL. */
  public String url() {
    return (tls ? "https://" : "http://")
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port;
  }
}
