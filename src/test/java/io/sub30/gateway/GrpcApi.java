package io.sub30.gateway;

import static io.sub30.gateway.RunningNode.await;

import io.sub30.node.Endpoint;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.TickBatch;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The API over gRPC, with messages as bytes so that bad ones can be sent. Blocking. */
final class GrpcApi implements AutoCloseable {

  private static final ServiceName SERVICE = ServiceName.create("sub30.v1", "TradingGateway");

  private final GrpcClient client;
  private final SocketAddress server;

  GrpcApi(Vertx vertx, Endpoint server) {
    this.server = SocketAddress.inetSocketAddress(server.port(), server.host());
    this.client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions().setMaxMessageSize(8 << 20),
            new HttpClientOptions().setHttp2ClearTextUpgrade(false));
  }

  /**
   * What came back.
   *
   * @param metadata of headers and trailers together
   */
  record Reply(String status, String detail, MultiMap metadata, byte[] message) {
    @Nullable String metadata(String name) {
      return metadata.get(name);
    }
  }

  Reply submit(@Nullable String token, TickBatch batch) throws Exception {
    return call("SubmitTicks", token, Buffer.buffer(batch.toByteArray()));
  }

  Reply submit(@Nullable String token, TickBatch batch, Map<String, String> more) throws Exception {
    return call("SubmitTicks", token, Buffer.buffer(batch.toByteArray()), more);
  }

  Reply signals(@Nullable String token, int limit) throws Exception {
    byte[] request = ListSignalsRequest.newBuilder().setLimit(limit).build().toByteArray();
    return call("ListSignals", token, Buffer.buffer(request));
  }

  /** One call; without a message when there is none. */
  Reply call(String method, @Nullable String token, @Nullable Buffer message) throws Exception {
    return call(method, token, message, Map.of());
  }

  private Reply call(
      String method, @Nullable String token, @Nullable Buffer message, Map<String, String> more)
      throws Exception {
    ServiceMethod<Buffer, Buffer> service =
        ServiceMethod.client(
            SERVICE, method, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
    return await(
        client
            .request(server, service)
            .compose(
                call -> {
                  if (token != null) {
                    call.headers().set("authorization", "Bearer " + token);
                  }
                  more.forEach(call.headers()::set);
                  // Inside, so that the answer is listened to on the loop, before it can pass.
                  return send(call, message).compose(GrpcApi::read);
                }));
  }

  private static Future<GrpcClientResponse<Buffer, Buffer>> send(
      GrpcClientRequest<Buffer, Buffer> call, @Nullable Buffer message) {
    if (message != null) {
      return call.send(message);
    }
    call.end();
    return call.response();
  }

  private static Future<Reply> read(GrpcClientResponse<Buffer, Buffer> response) {
    Buffer message = Buffer.buffer();
    response.handler(message::appendBuffer);
    return response
        .end()
        .transform(
            (ended, failure) -> {
              if (response.status() == null) {
                return Future.failedFuture(failure);
              }
              MultiMap metadata =
                  MultiMap.caseInsensitiveMultiMap()
                      .addAll(response.headers())
                      .addAll(response.trailers());
              String detail = String.valueOf(response.statusMessage());
              return Future.succeededFuture(
                  new Reply(response.status().name(), detail, metadata, message.getBytes()));
            });
  }

  @Override
  public void close() throws Exception {
    await(client.close());
  }
}
