package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;

import io.sub30.gateway.api.ApiRoute;
import io.sub30.node.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/2 proxy that, while it is broken, resets gRPC calls once the server has answered. */
final class GrpcBreakingProxy implements AutoCloseable {

  private static final long INTERNAL_ERROR = 0x2;

  /** Calls that carried a batch by gRPC, and streams that were opened. */
  final AtomicInteger calls = new AtomicInteger();

  final AtomicInteger streams = new AtomicInteger();
  volatile boolean broken;

  private final Endpoint target;
  private final HttpClient client;
  private final HttpServer server;

  GrpcBreakingProxy(Vertx vertx, Endpoint target) throws Exception {
    this.target = target;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    this.server =
        await(vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"));
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  private void handle(HttpServerRequest request) {
    boolean grpc = request.path().startsWith("/sub30.v1.") || request.path().startsWith("/grpc.");
    if (request.path().endsWith("/SubmitTicks")) {
      calls.incrementAndGet();
    } else if (request.path().equals(ApiRoute.STREAM.template())) {
      streams.incrementAndGet();
    }
    request.pause();
    client
        .request(
            new RequestOptions()
                .setMethod(request.method())
                .setHost(target.host())
                .setPort(target.port())
                .setURI(request.uri()))
        .onSuccess(onward -> forward(request, onward, grpc));
  }

  private void forward(HttpServerRequest request, HttpClientRequest onward, boolean grpc) {
    onward.headers().setAll(request.headers());
    onward.setChunked(true);
    HttpServerResponse back = request.response();
    back.exceptionHandler(gone -> onward.reset());
    onward.exceptionHandler(gone -> back.reset(INTERNAL_ERROR));
    onward
        .response()
        .onSuccess(
            response -> {
              if (grpc && broken) {
                response.endHandler(end -> back.reset(INTERNAL_ERROR));
              } else {
                answer(response, back);
              }
            });
    onward.sendHead();
    request.handler(onward::write);
    request.endHandler(end -> onward.end());
    request.resume();
  }

  private static void answer(HttpClientResponse response, HttpServerResponse back) {
    back.setStatusCode(response.statusCode()).setChunked(true);
    back.headers().setAll(response.headers());
    response.handler(back::write);
    response.endHandler(
        end -> {
          back.trailers().setAll(response.trailers());
          back.end();
        });
    back.writeHead();
  }

  @Override
  public void close() throws Exception {
    await(server.close());
    await(client.close());
  }
}
