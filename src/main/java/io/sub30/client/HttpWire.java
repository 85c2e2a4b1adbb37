package io.sub30.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.Map;

/** {@code POST /v1/ticks} over HTTP/2 or HTTP/1.1. */
final class HttpWire implements Wire {
  private final HttpClientAgent client;
  private final RequestOptions request;
  private final RequestOptions opening;
  private final Encoding encoding;

  HttpWire(Vertx vertx, ClientOptions options) {
    boolean http2 = options.transport() == Transport.HTTP2;
    this.encoding = options.encoding();
    this.client = client(vertx, options, http2);
    this.opening = opening(options);
    this.request =
        post(options, "/v1/ticks", encoding.mediaType())
            .setIdleTimeout(options.timeout().toMillis());
  }

  static HttpClientAgent client(Vertx vertx, ClientOptions options, boolean http2) {
    return vertx
        .httpClientBuilder()
        .with(clientOptions(options, http2))
        .with(
            new PoolOptions()
                .setHttp1MaxSize(options.connections())
                .setHttp2MaxSize(options.connections()))
        .build();
  }

  /** Public, free of side effects, and without a body: whatever it is, this client has it. */
  static RequestOptions opening(ClientOptions options) {
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost(options.host())
        .setPort(options.port())
        .setSsl(options.tls())
        .setURI("/openapi.yaml")
        .putHeader(HttpHeaders.IF_NONE_MATCH, "*");
  }

  /** A request that carries batches. */
  static RequestOptions post(ClientOptions options, String path, String mediaType) {
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setHost(options.host())
        .setPort(options.port())
        .setSsl(options.tls())
        .setURI(path)
        .setConnectTimeout(options.timeout().toMillis())
        .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + options.token())
        .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
        .putHeader(HttpHeaders.ACCEPT, mediaType);
  }

  private static HttpClientOptions clientOptions(ClientOptions options, boolean http2) {
    // Prior knowledge: an upgrade costs a round trip and the server need not offer it.
    return options
        .connecting()
        .setProtocolVersion(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
  }

  @Override
  public Future<Answer> send(byte[] body) {
    return client
        .request(request)
        .compose(
            sent ->
                // Inside, so that it is attached on the loop: a caller's thread may come too late,
                // when the body has passed unheard.
                sent.send(Buffer.buffer(body))
                    .compose(response -> response.body().map(answer -> read(response, answer))))
        .recover(Failures::asAnswer);
  }

  private Answer read(HttpClientResponse response, Buffer body) {
    int status = response.statusCode();
    if (status != 200) {
      return problem(response, body.getBytes());
    }
    try {
      return Answer.accepted(result(body.getBytes()));
    } catch (IOException e) {
      return Answer.none(Answer.MALFORMED, "200 with an unreadable body: " + e.getMessage());
    }
  }

  private TickResult result(byte[] body) throws IOException {
    if (encoding == Encoding.JSON) {
      TickResult.Builder result = TickResult.newBuilder();
      JsonMessages.read(body, result);
      return result.build();
    }
    try {
      return TickResult.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Reads {@code application/problem+json}; a body that is none (a proxy's page) leaves only the
   * status.
   */
  static Answer problem(HttpClientResponse response, byte[] body) {
    int status = response.statusCode();
    Map<String, String> members = JsonMessages.topLevelText(body);
    String title = members.getOrDefault("title", "");
    return Answer.problem(
        status,
        members.getOrDefault("code", "http_" + status),
        members.getOrDefault("detail", title),
        Failures.retryAfterMillis(
            response.getHeader(HttpHeaders.RETRY_AFTER),
            response.getHeader(Failures.RETRY_AFTER_MS)));
  }

  @Override
  public Future<Void> open() {
    return client.request(opening).compose(sent -> sent.send().compose(HttpClientResponse::end));
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
