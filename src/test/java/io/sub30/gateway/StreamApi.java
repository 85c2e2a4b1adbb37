package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;

import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.StreamFrames;
import io.sub30.node.Endpoint;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One {@code POST /v1/ticks/stream} in protobuf, on a connection of its own. Blocking. */
final class StreamApi implements AutoCloseable {

  private static final byte[] END = new byte[0];
  private static final byte[] BROKEN = new byte[0];

  private final HttpClient client;
  private final HttpClientRequest request;
  private final HttpClientResponse response;
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
  private final StreamFrames frames = new StreamFrames(MediaType.PROTOBUF, 1 << 20);

  StreamApi(Vertx vertx, Endpoint server, HttpVersion version, @Nullable String token, String type)
      throws Exception {
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(server.host())
            .setPort(server.port())
            .setURI(ApiRoute.STREAM.template());
    request = await(client.request(options));
    request.setChunked(true).putHeader("content-type", type);
    if (token != null) {
      request.putHeader("authorization", "Bearer " + token);
    }
    await(request.sendHead());
    response =
        await(
            request
                .response()
                .map(
                    head -> {
                      head.handler(chunk -> answers.add(chunk.getBytes()));
                      head.endHandler(end -> answers.add(END));
                      head.exceptionHandler(broken -> answers.add(BROKEN));
                      return head;
                    }));
  }

  HttpClientResponse response() {
    return response;
  }

  void send(TickBatch batch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    batch.writeDelimitedTo(bytes);
    send(Buffer.buffer(bytes.toByteArray()));
  }

  void send(Buffer bytes) {
    request.write(bytes);
  }

  void end() {
    request.end();
  }

  /** The next answer; null when there are no more. */
  @Nullable TickResult answer() throws Exception {
    while (true) {
      byte[] message = frames.next();
      if (message != null) {
        return TickResult.parseFrom(message);
      }
      byte[] chunk = answers.poll(20, TimeUnit.SECONDS);
      if (chunk == null) {
        throw new AssertionError("no answer within 20 s");
      }
      if (chunk == BROKEN) {
        throw new AssertionError("the stream was cut");
      }
      if (chunk == END) {
        return null;
      }
      frames.add(chunk);
    }
  }

  @Override
  public void close() throws Exception {
    await(client.close());
  }
}
