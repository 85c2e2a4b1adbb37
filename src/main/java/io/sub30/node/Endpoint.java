package io.sub30.node;

/**
 * Where a listener can be reached.
 *
 * @param host as a client would write it: a wildcard address is shown as the loopback one
 */
public record Endpoint(String host, int port) {

  public Endpoint {
    if (host.equals("0.0.0.0") || host.equals("::")) {
      host = "127.0.0.1";
    }
  }

  /** The address as a URL. */
  public String url() {
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
