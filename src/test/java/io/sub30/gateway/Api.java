package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.gateway.requests.Batches;
import io.sub30.node.Endpoint;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The API over one connection of one version of HTTP. Blocking. */
final class Api implements AutoCloseable {

  static final String JSON = "application/json";
  static final String PROTOBUF = "application/x-protobuf";

  private final Endpoint server;
  private final HttpClient client;

  Api(Vertx vertx, Endpoint server, HttpVersion version) {
    this.server = server;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp1MaxSize(1).setHttp2MaxSize(1));
  }

  /** What came back. */
  record Reply(HttpVersion version, int status, MultiMap headers, Buffer body) {

    JsonObject json() {
      return body.toJsonObject();
    }

    TickResult result() throws InvalidProtocolBufferException {
      return TickResult.parseFrom(body.getBytes());
    }

    /** The {@code code} of a problem. */
    String code() {
      return json().getString("code");
    }

    String detail() {
      return json().getString("detail");
    }
  }

  /** A batch, in the form that is named. */
  Reply submit(String token, TickBatch batch, String type) throws Exception {
    Buffer body =
        type.equals(JSON) ? Buffer.buffer(Batches.json(batch)) : Buffer.buffer(batch.toByteArray());
    return post(token, type, body);
  }

  Reply post(@Nullable String token, @Nullable String type, Buffer body) throws Exception {
    return post(token, type, body, Map.of());
  }

  Reply post(@Nullable String token, @Nullable String type, Buffer body, Map<String, String> more)
      throws Exception {
    return send(HttpMethod.POST, "/v1/ticks", token, type, body, more);
  }

  Reply get(String path, @Nullable String token) throws Exception {
    return send(HttpMethod.GET, path, token, null, Buffer.buffer(), Map.of());
  }

  /** One read for each token, all at once. */
  List<Reply> getAll(String path, List<String> tokens) throws Exception {
    List<Future<Reply>> replies = new ArrayList<>();
    for (String token : tokens) {
      replies.add(
          open(HttpMethod.GET, path)
              .compose(
                  request -> {
                    request.putHeader("authorization", "Bearer " + token);
                    return reply(request, request.send());
                  }));
    }
    await(Future.all(replies));
    return replies.stream().map(Future::result).toList();
  }

  Reply send(
      HttpMethod method,
      String path,
      @Nullable String token,
      @Nullable String type,
      Buffer body,
      Map<String, String> more)
      throws Exception {
    return await(
        open(method, path)
            .compose(
                request -> {
                  if (token != null) {
                    request.putHeader("authorization", "Bearer " + token);
                  }
                  if (type != null) {
                    request.putHeader("content-type", type);
                  }
                  more.forEach(request::putHeader);
                  return reply(request, request.send(body));
                }));
  }

  /** A body whose length is not told beforehand, in pieces. */
  Reply postInPieces(String token, String type, Buffer body) throws Exception {
    return await(
        open(HttpMethod.POST, "/v1/ticks")
            .compose(
                request -> {
                  request
                      .setChunked(true)
                      .putHeader("authorization", "Bearer " + token)
                      .putHeader("content-type", type);
                  Future<Reply> reply = reply(request, request.response());
                  for (int at = 0; at < body.length(); at += 1 << 16) {
                    request.write(body.slice(at, Math.min(body.length(), at + (1 << 16))));
                  }
                  request.end();
                  return reply;
                }));
  }

  private Future<HttpClientRequest> open(HttpMethod method, String path) {
    return client.request(
        new RequestOptions()
            .setMethod(method)
            .setHost(server.host())
            .setPort(server.port())
            .setURI(path));
  }

  private static Future<Reply> reply(
      HttpClientRequest request, Future<HttpClientResponse> response) {
    return response.compose(
        head ->
            head.body()
                .map(
                    body -> new Reply(request.version(), head.statusCode(), head.headers(), body)));
  }

  @Override
  public void close() throws Exception {
    await(client.close());
  }
}
