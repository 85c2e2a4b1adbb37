package io.sub30.gateway.grpc;

import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerResponse;

/** A problem as gRPC says it: a status, its message, and the code and retry hints as trailers. */
final class GrpcRefusal {

  private GrpcRefusal() {}

  /** Ends the call. */
  static void send(GrpcServerResponse<?, ?> response, Problem problem) {
    response.trailers().set("code", problem.code().code());
    if (problem.retryAfterSeconds() > 0) {
      response.trailers().set("retry-after", Integer.toString(problem.retryAfterSeconds()));
      response.trailers().set("retry-after-ms", Integer.toString(problem.retryAfterMillis()));
    }
    response.status(status(problem.code())).statusMessage(problem.detail()).end();
  }

  private static GrpcStatus status(ProblemCode code) {
    return switch (code) {
      case MALFORMED, UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE -> GrpcStatus.INVALID_ARGUMENT;
      case TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED -> GrpcStatus.UNAUTHENTICATED;
      case FORBIDDEN -> GrpcStatus.PERMISSION_DENIED;
      case NOT_FOUND -> GrpcStatus.NOT_FOUND;
      case METHOD_NOT_ALLOWED -> GrpcStatus.UNIMPLEMENTED;
      case SEQUENCE_CONFLICT -> GrpcStatus.ALREADY_EXISTS;
      case SEQUENCE_EXPIRED, NOTHING_VALID -> GrpcStatus.FAILED_PRECONDITION;
      case TOO_LARGE, RATE_LIMITED -> GrpcStatus.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> GrpcStatus.UNAVAILABLE;
      case OUT_OF_TIME -> GrpcStatus.DEADLINE_EXCEEDED;
      case INTERNAL -> GrpcStatus.INTERNAL;
    };
  }
}
