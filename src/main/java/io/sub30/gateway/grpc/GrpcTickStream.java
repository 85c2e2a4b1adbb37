package io.sub30.gateway.grpc;

import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.StreamDoor;
import io.sub30.gateway.ingress.TickStream;
import io.sub30.gateway.ingress.TraceContext;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.UnreadableMessage;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.concurrent.TimeUnit;

/** {@code StreamTicks}: a {@link TickStream} over one gRPC call. On the connection's loop. */
final class GrpcTickStream implements TickStream.Peer {

  private final StreamDoor door;
  private final GrpcServerRequest<Buffer, TickResult> call;
  private final GrpcServerResponse<Buffer, TickResult> response;
  private final StreamDoor.Sender sender;
  private final TickStream stream;
  private boolean callEnded;

  private GrpcTickStream(StreamDoor door, GrpcServerRequest<Buffer, TickResult> call, Call named) {
    this.door = door;
    this.call = call;
    this.response = call.response();
    this.sender =
        new StreamDoor.Sender(call.connection(), call.headers().get("authorization"), named);
    this.stream = new TickStream(door, sender, MediaType.PROTOBUF, Long.MAX_VALUE, this);
  }

  /** Begins the stream, or refuses the call. */
  static void open(StreamDoor door, GrpcServerRequest<Buffer, TickResult> call, Call named) {
    new GrpcTickStream(door, call, named).open();
  }

  private void open() {
    response.headers().set("x-request-id", sender.call().requestId());
    response.trailers().set(TraceContext.HEADER, sender.call().traceparent());
    call.pause();
    call.messageHandler(this::message);
    call.endHandler(
        end -> {
          callEnded = true;
          stream.ended();
        });
    call.invalidMessageHandler(
        invalid ->
            fail(
                ProblemCode.TOO_LARGE,
                "a message is larger than " + door.maxMessageBytes() + " bytes; split the batch"));
    call.exceptionHandler(broken -> stream.cancelled());
    call.errorHandler(reset -> stream.cancelled());
    response.exceptionHandler(broken -> stream.cancelled());
    door.admit(
        sender,
        () -> {
          if (!stream.over()) {
            start();
          }
        },
        problem -> {
          if (!stream.over()) {
            stream.cancelled();
            fail(problem);
          }
        });
  }

  private void start() {
    response.drainHandler(drained -> stream.pump());
    response.writeHead();
    // Saturates: a grpc-timeout may say 99999999 hours.
    stream.start(
        call.timeout() > 0 ? TimeUnit.MILLISECONDS.toNanos(call.timeout()) : Long.MAX_VALUE);
  }

  private void message(GrpcMessage message) {
    if (stream.over()) {
      return;
    }
    byte[] bytes;
    try {
      bytes = GrpcPayload.read(message, door.maxMessageBytes());
    } catch (UnreadableMessage e) {
      fail(e.code(), e.detail());
      return;
    }
    stream.receive(bytes);
  }

  private void fail(ProblemCode code, String detail) {
    stream.fail(stream.problem(code, detail));
  }

  @Override
  public void next() {
    call.fetch(1);
  }

  @Override
  public void answer(TickResult result) {
    response.write(result);
  }

  @Override
  public void end() {
    response.end();
    drop();
  }

  @Override
  public void fail(Problem problem) {
    GrpcRefusal.send(response, problem);
    drop();
  }

  /** What is still sent is read and dropped. */
  private void drop() {
    if (!callEnded) {
      call.resume();
    }
  }

  @Override
  public boolean full() {
    return response.writeQueueFull();
  }
}
