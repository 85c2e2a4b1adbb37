package io.sub30.client;

import io.sub30.v1.Refusal;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code POST /v1/ticks/stream}, from its opening to its end: the n-th answer is that of the
 * n-th batch. When it ends, batches without an answer are answered {@code connection}, and may have
 * been stored. Confined to one event loop.
 */
final class StreamLink {
  private static final long CANCEL = 0x8;

  /** A batch on its way. */
  private static final class Pending {
    final Promise<Answer> answer = Promise.promise();
    long timer;
  }

  private final Vertx vertx;
  private final Encoding encoding;
  private final long timeoutMillis;
  private final AnswerFrames frames;

  // Both hold at most what the client may have in flight.
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final List<Buffer> unwritten = new ArrayList<>();
  private @Nullable HttpClientRequest request;
  private boolean over;

  StreamLink(Vertx vertx, Encoding encoding, long timeoutMillis) {
    this.vertx = vertx;
    this.encoding = encoding;
    this.timeoutMillis = timeoutMillis;
    this.frames = new AnswerFrames(encoding);
  }

  /** Whether nothing can be sent any more. */
  boolean over() {
    return over;
  }

  /** Begins, with a request that is being opened; batches may be sent before it is. */
  void open(Future<HttpClientRequest> opening) {
    opening.onComplete(this::opened, this::lost);
  }

  private void opened(HttpClientRequest opened) {
    if (over) {
      opened.reset(CANCEL);
      return;
    }
    request = opened;
    opened.setChunked(true);
    opened.exceptionHandler(this::lost);
    opened.response().onComplete(this::head, this::lost);
    opened.sendHead();
    unwritten.forEach(opened::write);
    unwritten.clear();
  }

  /** Sends one encoded batch. */
  Future<Answer> send(byte[] body) {
    Pending sent = new Pending();
    sent.timer = vertx.setTimer(timeoutMillis, late -> late(sent));
    pending.add(sent);
    Buffer frame = AnswerFrames.framed(encoding, body);
    if (request == null) {
      unwritten.add(frame);
    } else {
      request.write(frame);
    }
    return sent.answer.future();
  }

  private void head(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      response
          .body()
          .onComplete(
              body -> {
                end(HttpWire.problem(response, body.getBytes()));
                cut();
              },
              this::lost);
      return;
    }
    response.exceptionHandler(this::lost);
    response.endHandler(
        end -> {
          end(Answer.none(Answer.CONNECTION, "the server ended the stream"));
          cut();
        });
    response.handler(this::received);
  }

  private void received(Buffer chunk) {
    try {
      for (byte[] message : frames.add(chunk)) {
        answered(answer(message));
      }
    } catch (IOException e) {
      end(Answer.none(Answer.MALFORMED, "an unreadable answer: " + e.getMessage()));
      cut();
    }
  }

  private void answered(Answer answer) {
    Pending oldest = pending.poll();
    // Without one it is why the server ends a stream that only waited.
    if (oldest != null) {
      vertx.cancelTimer(oldest.timer);
      oldest.answer.complete(answer);
    }
  }

  private Answer answer(byte[] message) throws IOException {
    TickResult result;
    if (encoding == Encoding.JSON) {
      TickResult.Builder read = TickResult.newBuilder();
      JsonMessages.read(message, read);
      result = read.build();
    } else {
      result = TickResult.parseFrom(message);
    }
    if (!result.hasRefusal()) {
      return Answer.accepted(result);
    }
    Refusal refusal = result.getRefusal();
    return Answer.problem(
        refusal.getStatus(),
        refusal.getCode(),
        refusal.getDetail(),
        refusal.getRetryAfterMs() == 0
            ? Answer.UNSAID
            : Integer.toUnsignedLong(refusal.getRetryAfterMs()));
  }

  /** The answers behind one that does not come do not come either. */
  private void late(Pending sent) {
    if (over) {
      return;
    }
    pending.remove(sent);
    String detail = "no answer within " + timeoutMillis + " ms";
    over = true;
    sent.answer.complete(Answer.none(Answer.TIMEOUT, detail));
    end(Answer.none(Answer.CONNECTION, "the stream was cut, since an earlier batch had " + detail));
    cut();
  }

  private void cut() {
    if (request != null) {
      request.reset(CANCEL);
    }
  }

  private void lost(Throwable failure) {
    Failures.asAnswer(failure)
        .onComplete(this::end, bug -> end(Answer.none(Answer.CONNECTION, String.valueOf(bug))));
  }

  private void end(Answer answer) {
    over = true;
    unwritten.clear();
    for (Pending next = pending.poll(); next != null; next = pending.poll()) {
      vertx.cancelTimer(next.timer);
      next.answer.complete(answer);
    }
  }
}
