package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;

import io.sub30.node.Endpoint;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One {@code StreamTicks} call, on a connection of its own. Blocking. */
final class GrpcStreamApi implements AutoCloseable {

  private static final ServiceMethod<Buffer, Buffer> STREAM_TICKS =
      ServiceMethod.client(
          ServiceName.create("sub30.v1", "TradingGateway"),
          "StreamTicks",
          GrpcMessageEncoder.IDENTITY,
          GrpcMessageDecoder.IDENTITY);

  private final GrpcClient client;
  private final GrpcClientRequest<Buffer, Buffer> call;
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
  private final Promise<String> status = Promise.promise();

  GrpcStreamApi(Vertx vertx, Endpoint server, String token) throws Exception {
    client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions(),
            new HttpClientOptions().setHttp2ClearTextUpgrade(false));
    Future<GrpcClientRequest<Buffer, Buffer>> opened =
        client.request(SocketAddress.inetSocketAddress(server.port(), server.host()), STREAM_TICKS);
    call =
        await(
            opened.map(
                request -> {
                  request.headers().set("authorization", "Bearer " + token);
                  request
                      .response()
                      .onSuccess(
                          response -> {
                            response.handler(message -> answers.add(message.getBytes()));
                            response
                                .end()
                                .onComplete(ended -> status.complete(name(response.status())));
                          });
                  return request;
                }));
  }

  private static String name(@Nullable GrpcStatus status) {
    return status == null ? "none" : status.name();
  }

  void send(TickBatch batch) {
    call.write(Buffer.buffer(batch.toByteArray()));
  }

  TickResult answer() throws Exception {
    byte[] message = answers.poll(20, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no answer within 20 s");
    }
    return TickResult.parseFrom(message);
  }

  /** Sends no more, and waits for the name of the call's status. */
  String end() throws Exception {
    call.end();
    return await(status.future());
  }

  @Override
  public void close() throws Exception {
    await(client.close());
  }
}
