package io.sub30.gateway.http;

import com.google.protobuf.CodedOutputStream;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.TickResultJson;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.StreamDoor;
import io.sub30.gateway.ingress.TickStream;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.RequestTimeout;
import io.sub30.gateway.requests.StreamFrames;
import io.sub30.gateway.requests.UnreadableMessage;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/ticks/stream}: a {@link TickStream} over the body of one request and that of its
 * answer. On the connection's loop.
 */
public final class HttpTickStream implements TickStream.Peer {

  private static final String NDJSON = "application/x-ndjson";

  private final StreamDoor door;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final StreamDoor.Sender sender;
  private final MediaType type;
  private final StreamFrames frames;
  private final TickStream stream;
  private boolean wanted;
  private boolean bodyEnded;

  private HttpTickStream(
      StreamDoor door, HttpServerRequest request, MediaType type, long askedNanos, Call call) {
    this.door = door;
    this.request = request;
    this.response = request.response();
    this.type = type;
    this.frames = new StreamFrames(type, door.maxMessageBytes());
    this.sender =
        new StreamDoor.Sender(request.connection(), request.getHeader("authorization"), call);
    this.stream = new TickStream(door, sender, type, askedNanos, this);
  }

  /** Begins the stream, or refuses the request. */
  public static void open(StreamDoor door, HttpServerRequest request, Call call) {
    Responses responses = new Responses(request, call);
    MediaType type = typeOf(request.getHeader("content-type"));
    if (type == MediaType.OTHER) {
      responses.refuse(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type must be " + NDJSON + " or " + MediaType.PROTOBUF.text());
      return;
    }
    String coding = request.getHeader("content-encoding");
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      responses.refuse(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding must be left out of a stream");
      return;
    }
    long askedNanos = RequestTimeout.nanos(request.getHeader(RequestTimeout.HEADER));
    if (askedNanos < 0) {
      responses.refuse(ProblemCode.MALFORMED, RequestTimeout.RULE);
      return;
    }
    new HttpTickStream(door, request, type, askedNanos, call).open(responses);
  }

  private static MediaType typeOf(@Nullable String contentType) {
    if (NDJSON.equals(MediaType.bare(contentType))) {
      return MediaType.JSON;
    }
    MediaType type = MediaType.ofBody(contentType);
    return type == MediaType.PROTOBUF ? type : MediaType.OTHER;
  }

  private void open(Responses responses) {
    request.pause();
    request.handler(
        chunk -> {
          if (!stream.over()) {
            frames.add(chunk.getBytes());
            deliver();
          }
        });
    request.endHandler(
        end -> {
          bodyEnded = true;
          deliver();
        });
    request.exceptionHandler(broken -> stream.cancelled());
    response.exceptionHandler(broken -> stream.cancelled());
    sender.call().whenClosed(stream::cancelled);
    door.admit(
        sender,
        () -> {
          if (!stream.over()) {
            start();
          }
        },
        problem -> {
          stream.cancelled();
          request.resume();
          responses.refuse(problem);
        });
  }

  private void start() {
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      response.writeContinue();
    }
    response.drainHandler(drained -> stream.pump());
    response
        .setChunked(true)
        .putHeader("content-type", type == MediaType.JSON ? NDJSON : type.text())
        .writeHead();
    stream.start(Long.MAX_VALUE);
  }

  @Override
  public void next() {
    wanted = true;
    deliver();
  }

  private void deliver() {
    if (!wanted || stream.over()) {
      return;
    }
    byte[] message;
    try {
      message = frames.next();
      if (message == null && bodyEnded) {
        message = frames.rest();
      }
    } catch (UnreadableMessage e) {
      wanted = false;
      stream.fail(stream.problem(e.code(), e.detail()));
      return;
    }
    if (message != null) {
      wanted = false;
      stream.receive(message);
    } else if (bodyEnded) {
      wanted = false;
      stream.ended();
    } else {
      request.fetch(1);
    }
  }

  @Override
  public void answer(TickResult result) {
    response.write(encoded(result));
  }

  private Buffer encoded(TickResult result) {
    if (type == MediaType.JSON) {
      return Buffer.buffer(new TickResultJson(result).bytes()).appendByte((byte) '\n');
    }
    int size = result.getSerializedSize();
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream(size + CodedOutputStream.computeUInt32SizeNoTag(size));
    try {
      result.writeDelimitedTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array does not fail", e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  @Override
  public void end() {
    finish(Buffer.buffer());
  }

  /** The head is sent, so the last message says why there are no more. */
  @Override
  public void fail(Problem problem) {
    finish(encoded(TickStream.refusal(problem, 0)));
  }

  private void finish(Buffer last) {
    boolean unread = !bodyEnded;
    response
        .end(last)
        .onComplete(
            done -> {
              // In HTTP/1.1 nothing can follow a body that may never end.
              if (unread && request.version() != HttpVersion.HTTP_2) {
                request.connection().close();
              }
            });
    if (unread) {
      // What is still sent is read and dropped.
      request.resume();
    }
  }

  @Override
  public boolean full() {
    return response.writeQueueFull();
  }
}
