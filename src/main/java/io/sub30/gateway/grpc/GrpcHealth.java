package io.sub30.gateway.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.sub30.gateway.api.GrpcMethods;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.health.handler.GrpcHealthCheckV1Handler;
import io.vertx.grpc.health.handler.GrpcHealthListV1Handler;
import io.vertx.grpc.health.handler.GrpcHealthWatchV1Handler;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.health.v1.HealthListRequest;
import io.vertx.grpc.health.v1.HealthListResponse;
import io.vertx.grpc.health.v1.HealthProto;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import io.vertx.grpc.server.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * {@code grpc.health.v1.Health}: the server as a whole (the empty name) and the trading gateway
 * serve while the process is ready. Asked without a token, since it tells nothing of a tenant and
 * load balancers have none. On one lane's loop.
 */
public final class GrpcHealth implements Service {

  static final ServiceDescriptor DESCRIPTOR =
      HealthProto.getDescriptor().findServiceByName("Health");

  /** Calls that watch one lane; a further one is refused. */
  public static final int MAX_WATCHERS = 64;

  private static final ServiceName NAME = ServiceName.create("grpc.health.v1", "Health");
  private static final List<String> SERVICES =
      List.of("", GrpcMethods.SERVICE.fullyQualifiedName());
  private static final long LOOK_MILLIS = 1_000;

  /** Looks after which a status is sent again: the write fails where nobody listens any more. */
  private static final int REPEAT_LOOKS = 15;

  private final BooleanSupplier ready;
  private final List<Watcher> watchers = new ArrayList<>();

  /**
   * @param ready asked on the lane's loop
   */
  public GrpcHealth(BooleanSupplier ready) {
    this.ready = ready;
  }

  /** Looks once a second whether there is something to tell the watchers. */
  public void start(Vertx vertx) {
    vertx.setPeriodic(
        LOOK_MILLIS, timer -> watchers.removeIf(watcher -> !watcher.tell(status(watcher.known))));
  }

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
    server.callHandler(GrpcHealthCheckV1Handler.SERVICE_METHOD, this::check);
    server.callHandler(GrpcHealthListV1Handler.SERVICE_METHOD, this::list);
    server.callHandler(GrpcHealthWatchV1Handler.SERVICE_METHOD, this::watch);
  }

  private ServingStatus status(boolean known) {
    if (!known) {
      return ServingStatus.SERVICE_UNKNOWN;
    }
    return ready.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  private static HealthCheckResponse response(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }

  private void check(GrpcServerRequest<HealthCheckRequest, HealthCheckResponse> call) {
    unary(
        call,
        request -> {
          if (SERVICES.contains(request.getService())) {
            call.response().end(response(status(true)));
          } else {
            refuse(
                call.response(),
                GrpcStatus.NOT_FOUND,
                "no service here has that name; ask for one of List's");
          }
        });
  }

  private void list(GrpcServerRequest<HealthListRequest, HealthListResponse> call) {
    unary(
        call,
        request -> {
          HealthListResponse.Builder all = HealthListResponse.newBuilder();
          SERVICES.forEach(service -> all.putStatuses(service, response(status(true))));
          call.response().end(all.build());
        });
  }

  private void watch(GrpcServerRequest<HealthCheckRequest, HealthCheckResponse> call) {
    unary(
        call,
        request -> {
          if (watchers.size() >= MAX_WATCHERS) {
            refuse(
                call.response(),
                GrpcStatus.RESOURCE_EXHAUSTED,
                MAX_WATCHERS + " calls watch this lane, which is the bound; use Check");
          } else {
            Watcher watcher = new Watcher(call, SERVICES.contains(request.getService()));
            watchers.add(watcher);
            watcher.tell(status(watcher.known));
          }
        });
  }

  /** Answers when the call's message and its end have come, and are fit to be answered. */
  private static <Q> void unary(GrpcServerRequest<Q, ?> call, Consumer<Q> answer) {
    // A call that was reset, or refused by the library, may not be answered: that throws.
    boolean[] over = new boolean[1];
    call.errorHandler(reset -> over[0] = true);
    call.invalidMessageHandler(
        large -> {
          if (!over[0]) {
            over[0] = true;
            refuse(
                call.response(),
                GrpcStatus.RESOURCE_EXHAUSTED,
                "the message has more than http.max_body");
          }
        });
    call.last()
        .onComplete(
            message -> {
              if (!over[0]) {
                answer.accept(message);
              }
            },
            failure -> {
              if (!over[0]) {
                refuse(
                    call.response(),
                    GrpcStatus.INVALID_ARGUMENT,
                    "the call must carry one message of the service's");
              }
            });
  }

  private static void refuse(GrpcServerResponse<?, ?> response, GrpcStatus status, String why) {
    response.status(status).statusMessage(why).end();
  }

  /** Who is told of changes. */
  private static final class Watcher {
    private final GrpcServerResponse<HealthCheckRequest, HealthCheckResponse> response;
    private final boolean known;
    private ServingStatus told = ServingStatus.UNRECOGNIZED;
    private int looks;
    private boolean gone;

    /**
     * @param known whether the service that it asked for is one of ours
     */
    Watcher(GrpcServerRequest<HealthCheckRequest, HealthCheckResponse> call, boolean known) {
      this.response = call.response();
      this.known = known;
      // A call that was reset may not be written to: that throws.
      call.errorHandler(reset -> gone = true);
      call.exceptionHandler(lost -> gone = true);
      response.exceptionHandler(lost -> gone = true);
    }

    /** Tells it when that is new, or old enough; false when it is there no more. */
    boolean tell(ServingStatus status) {
      looks++;
      if (!gone && (status != told || looks >= REPEAT_LOOKS) && !response.writeQueueFull()) {
        told = status;
        looks = 0;
        response.write(response(status)).onFailure(failure -> gone = true);
      }
      return !gone;
    }
  }
}
