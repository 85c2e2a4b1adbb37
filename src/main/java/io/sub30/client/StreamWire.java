package io.sub30.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/ticks/stream} over HTTP/2: one stream for all batches, opened with the first one
 * and again after it has ended. The stream is confined to one event loop, to which callers of other
 * threads hand over.
 */
final class StreamWire implements Wire {
  private final Vertx vertx;
  private final Context context;
  private final HttpClientAgent client;
  private final RequestOptions request;
  private final RequestOptions opening;
  private final Encoding encoding;
  private final long timeoutMillis;
  private @Nullable StreamLink link;

  StreamWire(Vertx vertx, ClientOptions options) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.encoding = options.encoding();
    this.timeoutMillis = options.timeout().toMillis();
    this.client = HttpWire.client(vertx, options, true);
    this.opening = HttpWire.opening(options);
    String type = encoding == Encoding.JSON ? "application/x-ndjson" : encoding.mediaType();
    this.request = HttpWire.post(options, "/v1/ticks/stream", type);
  }

  @Override
  public Future<Answer> send(byte[] body) {
    return Turns.on(context, () -> link().send(body));
  }

  private StreamLink link() {
    StreamLink current = link;
    if (current == null || current.over()) {
      current = new StreamLink(vertx, encoding, timeoutMillis);
      link = current;
      current.open(client.request(request));
    }
    return current;
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
