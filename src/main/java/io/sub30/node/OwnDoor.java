package io.sub30.node;

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
import org.jspecify.annotations.Nullable;

/**
 * The server's own way in: over HTTP/2, through the door its clients come through, in both
 * encodings. Thread-safe.
 */
final class OwnDoor {

  private final HttpClient client;
  private final Endpoint api;

  /**
   * @param certificate of a door that speaks TLS, in PEM; null for a cleartext one
   */
  OwnDoor(Vertx vertx, Endpoint api, byte @Nullable [] certificate) {
    this.client =
        vertx.createHttpClient(options(certificate), new PoolOptions().setHttp2MaxSize(2));
    this.api = api;
  }

  private static HttpClientOptions options(byte @Nullable [] certificate) {
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
          .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(certificate)));
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
  Future<Reply> send(Rehearser rehearser, boolean json) {
    Buffer body = rehearser.next(json);
    RequestOptions options =
        new RequestOptions()
            .setHost(api.host())
            .setPort(api.port())
            .setMethod(HttpMethod.POST)
            .setURI("/v1/ticks")
            .putHeader("authorization", "Bearer " + rehearser.token)
            .putHeader("content-type", json ? "application/json" : "application/x-protobuf");
    return client
        .request(options)
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
        .otherwise(failure -> new Reply(0, String.valueOf(failure.getMessage())));
  }

  Future<Void> close() {
    return client.close();
  }
}
