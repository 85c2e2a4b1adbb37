package io.sub30.node;

import io.sub30.client.Encoding;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server's own way in: over HTTP/2, through the door its clients come through, in both
 * encodings. Thread-safe.
 */
final class OwnDoor {

  /** A request that hung for ever would be the last one of who waits for it. */
  private static final long TIMEOUT_MILLIS = 5_000;

  private final Vertx vertx;
  private final Endpoint api;
  private final @Nullable Supplier<byte[]> certificate;
  private volatile HttpClient client;

  /**
   * @param certificate that a door which speaks TLS shows now, in PEM; null for a cleartext one
   */
  OwnDoor(Vertx vertx, Endpoint api, @Nullable Supplier<byte[]> certificate) {
    this.vertx = vertx;
    this.api = api;
    this.certificate = certificate;
    this.client = client(vertx, certificate);
  }

  private static HttpClient client(Vertx vertx, @Nullable Supplier<byte[]> certificate) {
    return vertx.createHttpClient(options(certificate), new PoolOptions().setHttp2MaxSize(2));
  }

  /** Whoever was not answered connects anew, and believes what the door shows by now. */
  private synchronized void reopen(HttpClient unanswered) {
    if (client == unanswered) {
      client = client(vertx, certificate);
      unanswered.close();
    }
  }

  private static HttpClientOptions options(@Nullable Supplier<byte[]> certificate) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    if (certificate != null) {
      // Our own listener: known by its certificate, whatever name that is for.
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setVerifyHost(false)
          .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(certificate.get())));
    }
    return options;
  }

  /** What a request came to: status 0 when there was no answer, which {@code text} tells of. */
  record Reply(int status, String text) {
    boolean answered() {
      return status == 200;
    }
  }

  /** Sends the next batch of a made-up terminal. Never fails. */
  Future<Reply> send(Rehearser rehearser, Encoding encoding) {
    Buffer body = rehearser.next(encoding);
    HttpClient used = client;
    RequestOptions options =
        new RequestOptions()
            .setHost(api.host())
            .setPort(api.port())
            .setMethod(HttpMethod.POST)
            .setURI("/v1/ticks")
            .putHeader("authorization", "Bearer " + rehearser.token)
            .setTimeout(TIMEOUT_MILLIS)
            .putHeader("content-type", encoding.mediaType());
    return used.request(options)
        .compose(
            request ->
                // Inside, so that the body is listened to on the loop, before it can pass.
                request
                    .send(body)
                    .compose(
                        response ->
                            response
                                .body()
                                .map(text -> new Reply(response.statusCode(), text.toString()))))
        .otherwise(
            failure -> {
              if (certificate != null) {
                reopen(used);
              }
              return new Reply(0, String.valueOf(failure.getMessage()));
            });
  }

  Future<Void> close() {
    return client.close();
  }
}
