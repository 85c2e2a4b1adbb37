package io.sub30.database.cache;

import io.sub30.budget.NanoClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the lanes of every process on one Redis which tenants have just written, and hears it from
 * them, so that nobody goes on serving what it remembers from before. Small messages of Redis's
 * publish and subscribe, at most one in {@value #FLUSH_MILLIS} ms from each lane.
 *
 * <p>Such messages are lost when a connection is. So each lane sends itself a beat through Redis
 * every {@value #BEAT_MILLIS} ms; when its connection ends, or no beat comes back for {@value
 * #DEAF_MILLIS} ms, it knows that it is deaf, and when it hears again it forgets everything. What
 * could not be sent is sent when that is possible again.
 *
 * <p>Thread: the event loop it is created on.
 */
public final class WriteNotices {

  static final long FLUSH_MILLIS = 50;
  static final long BEAT_MILLIS = 500;
  static final long DEAF_MILLIS = 2_000;

  /** Tenants of one message; more of them are told of as everybody. */
  static final int MAX_TENANTS = 512;

  private static final String CHANNEL = "sub30:written";
  private static final String EVERYBODY = "*";
  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

  private static final Logger log = LoggerFactory.getLogger(WriteNotices.class);

  private final Vertx vertx;
  private final RedisOptions options;
  private final Listener listener;
  private final NanoClock clock;
  private final String sender = Long.toHexString(new SecureRandom().nextLong());
  private final String beats = CHANNEL + ':' + sender;
  private Map<String, Long> pending = new LinkedHashMap<>();
  private boolean everybodyPending;
  private boolean flushDue;
  private boolean sending;
  private Redis redis;

  /** Counts connections: what a former one still brings is not for us. */
  private int link;

  private boolean reopenDue;
  private boolean heard;
  private boolean closed;
  private long beatNanos;

  /** What is done with the news; on the lane. */
  public interface Listener {

    /**
     * Another lane has written, or has taken the tenant's cell.
     *
     * @param epoch of the cell there
     */
    void wrote(String tenant, long epoch);

    /** Notices were missed, or may have been: nothing that is remembered can be relied on. */
    void missed();

    /** From now on notices are missed. */
    void deaf();
  }

  private WriteNotices(Vertx vertx, RedisOptions options, Listener listener, NanoClock clock) {
    this.vertx = vertx;
    this.options = new RedisOptions(options).setMaxPoolSize(2).setMaxPoolWaiting(8);
    this.options.getNetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    this.listener = listener;
    this.clock = clock;
    this.redis = Redis.createClient(vertx, this.options);
  }

  /** Begins on the caller's loop. Redis need not be up. */
  public static WriteNotices start(Vertx vertx, RedisOptions redis, Listener listener) {
    WriteNotices notices = new WriteNotices(vertx, redis, listener, NanoClock.SYSTEM);
    notices.connect();
    vertx.setPeriodic(BEAT_MILLIS, id -> notices.beat());
    return notices;
  }

  /** Whether what others write is heard of. */
  public boolean heard() {
    return heard;
  }

  /** This lane has written, or has taken the tenant's cell; the others are told soon. */
  public void wrote(String tenant, long epoch) {
    remember(tenant, epoch);
    if (!flushDue) {
      flushDue = true;
      vertx.setTimer(FLUSH_MILLIS, id -> flush());
    }
  }

  private void remember(String tenant, long epoch) {
    if (everybodyPending) {
      return;
    }
    pending.merge(tenant, epoch, Math::max);
    if (pending.size() > MAX_TENANTS) {
      everybodyPending = true;
      pending.clear();
    }
  }

  private void flush() {
    flushDue = false;
    if (sending || closed || (pending.isEmpty() && !everybodyPending)) {
      return;
    }
    Map<String, Long> sent = pending;
    boolean everybody = everybodyPending;
    pending = new LinkedHashMap<>();
    everybodyPending = false;
    sending = true;
    publish(CHANNEL, text(sent, everybody))
        .onComplete(
            done -> {
              sending = false;
              if (done.failed()) { // the next beat tries again
                everybodyPending |= everybody;
                sent.forEach(this::remember);
              } else if (!pending.isEmpty() || everybodyPending) {
                flush();
              }
            });
  }

  private String text(Map<String, Long> tenants, boolean everybody) {
    StringBuilder text = new StringBuilder(sender);
    if (everybody) {
      return text.append('\n').append(EVERYBODY).toString();
    }
    tenants.forEach((tenant, epoch) -> text.append('\n').append(epoch).append(' ').append(tenant));
    return text.toString();
  }

  private Future<Response> publish(String channel, String text) {
    return redis
        .send(Request.cmd(Command.PUBLISH).arg(channel).arg(text))
        .timeout(DEAF_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void connect() {
    int mine = ++link;
    beatNanos = clock.nanoTime();
    redis
        .connect()
        .onComplete(
            connection -> {
              if (mine == link && !closed) {
                listen(connection, mine);
              } else {
                connection.close();
              }
            },
            failure -> broken(mine));
  }

  private void listen(RedisConnection connection, int mine) {
    connection.handler(message -> received(mine, message));
    connection.exceptionHandler(failure -> broken(mine));
    connection.endHandler(end -> broken(mine));
    connection
        .send(Request.cmd(Command.SUBSCRIBE).arg(CHANNEL).arg(beats))
        .onComplete(
            subscribed -> publish(beats, ""), // the first beat; it comes back, or connect is due
            failure -> broken(mine));
  }

  private void broken(int which) {
    if (which == link && !closed) {
      reopenDue = true;
      turnDeaf();
    }
  }

  private void turnDeaf() {
    if (heard) {
      heard = false;
      log.info("what other processes write is not heard of: the connection to Redis is lost");
      listener.deaf();
    }
  }

  private void beat() {
    if (closed) {
      return;
    }
    boolean silent = clock.nanoTime() - beatNanos > TimeUnit.MILLISECONDS.toNanos(DEAF_MILLIS);
    if (reopenDue || silent) {
      turnDeaf();
      reopenDue = false;
      redis.close();
      redis = Redis.createClient(vertx, options);
      connect();
    } else {
      publish(beats, "");
    }
    if (!flushDue) {
      flush();
    }
  }

  private void received(int which, Response message) {
    if (which != link || message.size() != 3 || !"message".equals(message.get(0).toString())) {
      return;
    }
    if (beats.equals(message.get(1).toString())) {
      beatNanos = clock.nanoTime();
      if (!heard) {
        heard = true;
        listener.missed();
      }
    } else {
      notice(message.get(2).toString());
    }
  }

  /**
   * Whoever can write to Redis can send anything; the worst it does is that too much is forgotten.
   */
  private void notice(String text) {
    String[] lines = text.split("\n", MAX_TENANTS + 2);
    if (lines[0].equals(sender)) {
      return;
    }
    for (int i = 1; i < lines.length; i++) {
      int space = lines[i].indexOf(' ');
      if (lines[i].equals(EVERYBODY)) {
        listener.missed();
      } else if (space > 0) {
        try {
          listener.wrote(lines[i].substring(space + 1), Long.parseLong(lines[i], 0, space, 10));
        } catch (NumberFormatException e) {
          log.debug("not a notice: {}", lines[i], e);
        }
      }
    }
  }

  /** Closes the connections. */
  public Future<Void> close() {
    closed = true;
    heard = false;
    return redis.close();
  }
}
