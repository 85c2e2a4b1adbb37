package io.sub30.gateway.connections;

import io.sub30.config.HttpConfig;
import io.sub30.gateway.tls.TlsIdentity;
import io.sub30.gateway.tls.TlsOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A listener's options: every default of the library that is unbounded gets a bound. */
public final class ListenerOptions {

  private ListenerOptions() {}

  /**
   * Of a listener with that configuration.
   *
   * @param identity null: it is cleartext
   */
  public static HttpServerOptions of(HttpConfig config, @Nullable TlsIdentity identity) {
    HttpServerOptions options = cleartext(config);
    if (identity != null) {
      TlsOptions.apply(options, identity);
    }
    return options;
  }

  private static HttpServerOptions cleartext(HttpConfig config) {
    return new HttpServerOptions()
        .setHost(config.host())
        .setPort(config.port())
        .setIdleTimeout((int) config.idleTimeout().toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setMaxHeaderSize(config.maxHeaderBytes())
        .setMaxInitialLineLength(4_096)
        .setTcpNoDelay(true)
        // No WebSockets: what their extensions negotiate would also limit pipelined requests.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHttp2RstFloodMaxRstFramePerWindow(100)
        .setHttp2RstFloodWindowDuration(10)
        .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
        .setHttp2ConnectionWindowSize(8 << 20)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(config.maxStreams())
                .setMaxHeaderListSize(config.maxHeaderBytes())
                .setInitialWindowSize(1 << 20));
  }
}
