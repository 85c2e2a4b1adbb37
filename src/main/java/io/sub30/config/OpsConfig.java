package io.sub30.config;

/**
 * The operators' listener.
 *
 * @param port 0 to 65,535; 0 takes any free one
 */
public record OpsConfig(String host, int port) {

  static OpsConfig from(ConfigReader in) {
    return new OpsConfig(in.required("ops.host"), in.integer("ops.port", 0, 65_535));
  }
}
