package io.sub30.bus;

import com.google.protobuf.MessageLite;
import io.sub30.bus.ArmedFault.Verdict;
import io.sub30.config.FaultSpec;
import io.sub30.config.FaultsConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switch for faults that are injected in tests and drills: by point, a delay, a failure or
 * both. One a process; thread-safe, and what is set holds from the next call on.
 *
 * <p>A point without a fault costs one volatile read. Calls that are held back are bounded by the
 * queues in front of them. Delays come from timers of the caller's own loop: the lane goes on
 * meanwhile, as it does while a real store is slow. A delay below a millisecond is none.
 */
public final class Faults {

  private static final Logger log = LoggerFactory.getLogger(Faults.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Spreads the seeds of the points. */
  private static final long SEED_STEP = 0xD1342543DE82EF95L;

  private static final Faults OFF = new Faults(null, 0);

  private final @Nullable Vertx vertx;
  private final long seed;
  private final AtomicReferenceArray<@Nullable ArmedFault> armed =
      new AtomicReferenceArray<>(FaultPoint.values().length);

  private Faults(@Nullable Vertx vertx, long seed) {
    this.vertx = vertx;
    this.seed = seed;
  }

  /** A switch that injects nothing and cannot be turned on. */
  public static Faults off() {
    return OFF;
  }

  /**
   * A switch that can be turned on; nothing is set yet.
   *
   * @param seed the same one gives the same verdicts in the same order at every point
   */
  public static Faults of(Vertx vertx, long seed) {
    return new Faults(vertx, seed);
  }

  /** Whether faults may be set. */
  public boolean enabled() {
    return vertx != null;
  }

  /** Sets what is configured; points without a fault are cleared. */
  public void set(FaultsConfig config) {
    for (FaultPoint point : FaultPoint.values()) {
      FaultSpec spec = config.points().get(point.label());
      if (spec != null) {
        set(point, spec);
      } else {
        clear(point);
      }
    }
  }

  /**
   * Injects that fault from the next call on; its random numbers begin anew.
   *
   * @throws IllegalStateException when faults are off
   */
  public void set(FaultPoint point, FaultSpec spec) {
    if (!enabled()) {
      throw new IllegalStateException(
          "no fault can be set at " + point.label() + ": faults.enabled must be true");
    }
    armed.set(point.ordinal(), new ArmedFault(spec, seed + point.ordinal() * SEED_STEP));
    log.warn("faults are injected at {}: {}", point.label(), spec.text());
  }

  /** Ends the fault at that point; calls that are held back come when they are due. */
  public void clear(FaultPoint point) {
    if (armed.getAndSet(point.ordinal(), null) != null) {
      log.warn("faults are no longer injected at {}", point.label());
    }
  }

  /** Ends all faults. */
  public void clear() {
    for (FaultPoint point : FaultPoint.values()) {
      clear(point);
    }
  }

  /** What is set, by the points' labels and in their order; an empty text where nothing is. */
  public Map<String, String> describe() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (FaultPoint point : FaultPoint.values()) {
      ArmedFault fault = armed.get(point.ordinal());
      texts.put(point.label(), fault == null ? "" : fault.spec().text());
    }
    return texts;
  }

  /**
   * Makes the call, or what the fault at that point makes of it: later, or a {@link HopFailure}
   * with {@code UNAVAILABLE} in its place, which also comes after the delay.
   */
  public <T> Future<T> pass(FaultPoint point, Supplier<Future<T>> call) {
    ArmedFault fault = armed.get(point.ordinal());
    if (fault == null) {
      return call.get();
    }
    Verdict verdict = fault.next();
    return verdict.fails()
        ? delay(verdict).compose(due -> fail(point))
        : verdict.delayNanos() < NANOS_PER_MILLI
            ? call.get()
            : delay(verdict).compose(due -> call.get());
  }

  /**
   * The service with the faults of its address around it; the service itself when there can be
   * none. A rehearsal never meets one.
   *
   * <p>A delay holds back the answer and not the call: a lane delivers in order, and a component
   * that was asked must not learn how a batch was settled before it has been asked for it.
   */
  <Q extends MessageLite, R extends MessageLite> Service<Q, R> around(
      Address<Q, R> address, Service<Q, R> service) {
    FaultPoint point = FaultPoint.at(address);
    if (!enabled() || point == null) {
      return service;
    }
    return request -> {
      ArmedFault fault = request.rehearsal() ? null : armed.get(point.ordinal());
      if (fault == null) {
        return service.serve(request);
      }
      Verdict verdict = fault.next();
      if (verdict.fails()) {
        return delay(verdict).compose(due -> fail(point));
      }
      Future<R> answer = service.serve(request);
      return verdict.delayNanos() < NANOS_PER_MILLI
          ? answer
          : delay(verdict).compose(due -> answer);
    };
  }

  private static <T> Future<T> fail(FaultPoint point) {
    return Future.failedFuture(
        new HopFailure(point.hop(), FailureCode.UNAVAILABLE, "fault injected at " + point.label()));
  }

  private Future<Void> delay(Verdict verdict) {
    Vertx timers = vertx;
    if (timers == null || verdict.delayNanos() < NANOS_PER_MILLI) {
      return Future.succeededFuture();
    }
    return timers.timer(verdict.delayNanos(), TimeUnit.NANOSECONDS);
  }
}
