package io.sub30.gateway.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.sub30.gateway.api.GrpcMethods;
import io.sub30.v1.Ticks;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.reflection.v1.ServerReflectionProto;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import io.vertx.grpc.server.Service;
import java.util.List;

/**
 * {@code grpc.reflection.v1.ServerReflection}: tells anybody what the services look like, as their
 * {@code .proto} files do. Every message of a call is answered in order; the library's own service
 * answers the first alone. On one lane's loop.
 */
public final class GrpcReflection implements Service {

  /** Questions of one call; tools ask some tens. */
  public static final int MAX_QUESTIONS = 1_000;

  private static final ServiceName NAME =
      ServiceName.create("grpc.reflection.v1", "ServerReflection");

  private static final ServiceDescriptor DESCRIPTOR =
      ServerReflectionProto.getDescriptor().findServiceByName(NAME.name());

  private static final ServiceMethod<ServerReflectionRequest, ServerReflectionResponse> INFO =
      ServiceMethod.server(
          NAME,
          "ServerReflectionInfo",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(ServerReflectionRequest.newBuilder()));

  private final ServiceFiles files =
      new ServiceFiles(
          List.of(
              Ticks.getDescriptor().findServiceByName(GrpcMethods.SERVICE.name()),
              GrpcHealth.DESCRIPTOR,
              DESCRIPTOR));

  @Override
  public ServiceName name() {
    return NAME;
  }

  @Override
  public ServiceDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void bind(GrpcServer server) {
    server.callHandler(INFO, call -> new Conversation(call).begin());
  }

  /** One call. */
  private final class Conversation {
    private final GrpcServerRequest<ServerReflectionRequest, ServerReflectionResponse> call;
    private final GrpcServerResponse<ServerReflectionRequest, ServerReflectionResponse> response;
    private int questions;
    private boolean over;

    Conversation(GrpcServerRequest<ServerReflectionRequest, ServerReflectionResponse> call) {
      this.call = call;
      this.response = call.response();
    }

    void begin() {
      // A call that was reset may not be written to: that throws.
      call.errorHandler(reset -> over = true);
      call.exceptionHandler(lost -> over = true);
      response.exceptionHandler(lost -> over = true);
      call.invalidMessageHandler(large -> refuse("the question has more than http.max_body"));
      response.drainHandler(drained -> call.resume());
      call.handler(this::answer);
      call.endHandler(
          end -> {
            if (!over) {
              over = true;
              response.end();
            }
          });
    }

    private void answer(ServerReflectionRequest asked) {
      if (over) {
        return;
      }
      if (++questions > MAX_QUESTIONS) {
        refuse("a call may ask " + MAX_QUESTIONS + " questions; begin another");
        return;
      }
      response.write(files.answer(asked));
      if (response.writeQueueFull()) {
        call.pause();
      }
    }

    private void refuse(String why) {
      if (!over) {
        over = true;
        response.status(GrpcStatus.RESOURCE_EXHAUSTED).statusMessage(why).end();
      }
    }
  }
}
