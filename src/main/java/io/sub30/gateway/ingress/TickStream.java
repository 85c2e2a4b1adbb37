package io.sub30.gateway.ingress;

import io.sub30.budget.RequestOutcome;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.requests.BatchFault;
import io.sub30.gateway.requests.BatchReading;
import io.sub30.gateway.requests.BatchReading.Read;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.TickBatchJson;
import io.sub30.gateway.requests.TickBatchProtobuf;
import io.sub30.v1.Refusal;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A stream of batches, whatever carries it. Each batch has its own deadline, ledger, rate and scope
 * from the moment it is read, and is answered as if it had been sent alone; answers keep the order
 * of the batches. At most {@link #WINDOW} are under way, and none is read while the client does not
 * take its answers. A refused batch is answered with its refusal and the stream goes on; bytes that
 * are no batch end it, and so does a token that is no longer good. On the connection's loop.
 */
public final class TickStream {

  /** Batches read and not yet answered; and batches read in one go, before others have a turn. */
  public static final int WINDOW = 16;

  /** How often a stream on which nothing happens is looked at. */
  private static final long CHECK_MILLIS = 1_000;

  /** The connection's side. None is called again after {@link #end} or {@link #fail}. */
  public interface Peer {
    /** Reads one more message: {@link #receive} or {@link #ended} follows, now or later. */
    void next();

    void answer(TickResult result);

    /** All that was read is answered. */
    void end();

    /** All that was read is answered; this is why no more will be. */
    void fail(Problem problem);

    /** Whether the client leaves too much of its answers untaken. */
    boolean full();
  }

  /** The place of a batch among the answers. */
  private static final class Slot {
    @Nullable TickResult result;
  }

  private final StreamDoor door;
  private final StreamDoor.Sender sender;
  private final MediaType type;
  private final long askedNanos;
  private final Peer peer;

  /** Batches under way, oldest first. */
  private final ArrayDeque<Slot> slots = new ArrayDeque<>(WINDOW);

  /** Has the batch that waits for its turn wait no longer. */
  private Runnable whenGone = () -> {};

  private @Nullable Problem failure;
  private long timer = -1;
  private long lifeNanos;
  private long startNanos;
  private long lastNanos;
  private boolean reading;
  private boolean verifying;
  private boolean pumping;
  private boolean ended;
  private boolean over;

  /**
   * @param askedNanos how long the client waits for each batch; {@link Long#MAX_VALUE} when it did
   *     not say
   */
  public TickStream(
      StreamDoor door, StreamDoor.Sender sender, MediaType type, long askedNanos, Peer peer) {
    this.door = door;
    this.sender = sender;
    this.type = type;
    this.askedNanos = askedNanos;
    this.peer = peer;
  }

  /**
   * Begins to read. The sender has been let in.
   *
   * @param lifeNanos after which the stream is out of time, to a second; {@link Long#MAX_VALUE} for
   *     as long as it is used
   */
  public void start(long lifeNanos) {
    this.lifeNanos = lifeNanos;
    startNanos = door.clock().nanoTime();
    lastNanos = startNanos;
    timer = door.vertx().setPeriodic(CHECK_MILLIS, tick -> check());
    pump();
  }

  /** Reads on if there is room: to be called when the peer is no longer full. */
  public void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    int turns = 0;
    while (!reading && !verifying && open() && slots.size() < WINDOW && !peer.full()) {
      if (++turns > WINDOW) {
        door.vertx().runOnContext(next -> pump());
        break;
      }
      reading = true;
      peer.next();
    }
    pumping = false;
  }

  private boolean open() {
    return !over && !ended && failure == null;
  }

  /** Whether nothing will be read or answered any more. */
  public boolean over() {
    return over;
  }

  /** A message has come. */
  public void receive(byte[] message) {
    reading = false;
    if (!open()) {
      return;
    }
    long readNanos = door.clock().nanoTime();
    lastNanos = readNanos;
    // At once for a remembered token. One that has expired or is revoked meanwhile is noticed.
    verifying = true;
    Ingress ingress = door.ingress();
    Call call = ingress.within(sender.call());
    ingress
        .authenticate(sender.connection(), sender.authorization())
        .onComplete(
            verification -> {
              if (verification instanceof Principal principal) {
                begin(message, ingress.open(call, principal, readNanos, askedNanos));
              } else {
                verifying = false;
                fail(Problem.of((TokenRefusal) verification, call.requestId()));
              }
            },
            unknown -> {
              verifying = false;
              if (!over) {
                refuse(ingress.unverified(call, unknown));
                pump();
              }
            });
  }

  /** Over the rate the batch may wait for its turn; then none is read behind it. */
  private void begin(byte[] message, Exchange exchange) {
    if (over) {
      return;
    }
    door.ingress()
        .pass(exchange, Scope.TICKS_WRITE, gone -> whenGone = gone)
        .onSuccess(
            turnstile -> {
              verifying = false;
              if (!over) {
                passed(message, exchange, turnstile.refusal());
                pump();
              }
            });
  }

  private void passed(byte[] message, Exchange exchange, @Nullable Problem refusal) {
    if (refusal != null) {
      refuse(refusal);
      return;
    }
    BatchReading reading =
        type == MediaType.JSON
            ? TickBatchJson.read(message, 0, message.length)
            : TickBatchProtobuf.read(message, 0, message.length);
    if (reading instanceof BatchReading.Refusal unread) {
      door.ingress().conclude(exchange, RequestOutcome.REFUSED);
      Problem problem = Problem.of(unread.fault().problem(), unread.detail(), exchange.requestId());
      if (unread.fault() == BatchFault.UNREADABLE) {
        fail(problem);
      } else {
        refuse(problem);
      }
      return;
    }
    submit(exchange, (Read) reading);
  }

  private void submit(Exchange exchange, Read read) {
    Slot slot = new Slot();
    slots.add(slot);
    Future<Answer> answered = door.ingress().submit(exchange, read.batch());
    answered.onSuccess(
        answer -> {
          slot.result =
              answer instanceof Answer.Accepted accepted
                  ? accepted.result()
                  : refusal(((Answer.Refused) answer).problem(), read.batch().getSequence());
          flush();
        });
  }

  /** The batch was not read, so its sequence is not known. */
  private void refuse(Problem problem) {
    Slot slot = new Slot();
    slot.result = refusal(problem, 0);
    slots.add(slot);
    flush();
  }

  /** The client sends no more. */
  public void ended() {
    reading = false;
    ended = true;
    flush();
  }

  /** No more is read; what is under way is answered first. */
  public void fail(Problem problem) {
    if (failure == null && !over) {
      failure = problem;
      flush();
    }
  }

  /** The client has gone. What is under way is stored or not, and nobody is told. */
  public void cancelled() {
    slots.clear();
    close();
  }

  private void close() {
    over = true;
    whenGone.run();
    if (timer >= 0) {
      door.vertx().cancelTimer(timer);
      timer = -1;
    }
  }

  private void flush() {
    while (!over) {
      Slot oldest = slots.peek();
      if (oldest == null || oldest.result == null) {
        break;
      }
      slots.poll();
      lastNanos = door.clock().nanoTime();
      peer.answer(oldest.result);
    }
    if (over) {
      return;
    }
    if (!slots.isEmpty() || open()) {
      pump();
      return;
    }
    close();
    if (failure != null) {
      peer.fail(failure);
    } else {
      peer.end();
    }
  }

  /** A stream that only waits notices here that its token is no longer good, or nobody sends. */
  private void check() {
    if (!open()) {
      return;
    }
    long nowNanos = door.clock().nanoTime();
    if (nowNanos - startNanos > lifeNanos) {
      fail(problem(ProblemCode.OUT_OF_TIME, "the stream's time is over"));
      return;
    }
    if (slots.isEmpty() && nowNanos - lastNanos > door.idleNanos()) {
      ended();
      return;
    }
    door.ingress()
        .authenticate(sender.connection(), sender.authorization())
        .onSuccess(
            verification -> {
              if (verification instanceof TokenRefusal refused) {
                fail(Problem.of(refused, nextRequestId()));
              }
            });
  }

  /** A problem of the stream as a whole. */
  public Problem problem(ProblemCode code, String detail) {
    return Problem.of(code, detail, nextRequestId());
  }

  private String nextRequestId() {
    return door.ingress().within(sender.call()).requestId();
  }

  /**
   * The answer to a refused batch.
   *
   * @param sequence 0 when the batch was refused before it was read
   */
  public static TickResult refusal(Problem problem, long sequence) {
    return TickResult.newBuilder()
        .setRequestId(problem.requestId())
        .setSequence(sequence)
        .setRefusal(
            Refusal.newBuilder()
                .setCode(problem.code().code())
                .setStatus(problem.code().status())
                .setDetail(problem.detail())
                .setRetryAfterMs(problem.retryAfterMillis()))
        .build();
  }
}
