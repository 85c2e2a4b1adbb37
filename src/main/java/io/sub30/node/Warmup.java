package io.sub30.node;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Lanes;
import io.sub30.client.TickBlocks;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the server requests of its own until the path is compiled and its pools are open, so that
 * the first client does not pay for it. They come in through the real door, over HTTP/2, in both
 * encodings, and leave no trace: see {@link Rehearsal}.
 */
final class Warmup {

  /** The end of a rehearsal, in which one terminal after the other begins, as real ones will. */
  private static final int CALM_PERCENT = 20;

  private static final long CALM_MILLIS = 20;
  private static final int TENANTS_A_TIER = 8;
  private static final int IN_FLIGHT = 8;
  private static final int TICKS = 20;
  private static final long TICK_MILLIS = 3_000;

  private final Vertx vertx;
  private final Rehearsal rehearsal;
  private final NanoClock clock;
  private final EpochClock epochClock;
  private final String host;
  private final int port;
  private byte @Nullable [] certificate;
  private final List<Rehearser> rehearsers = new ArrayList<>();
  private int answered;
  private int refused;
  private String lastRefusal = "";

  Warmup(Vertx vertx, Rehearsal rehearsal, Endpoint api, NanoClock clock, EpochClock epochClock) {
    this.vertx = vertx;
    this.rehearsal = rehearsal;
    this.host = api.host();
    this.port = api.port();
    this.clock = clock;
    this.epochClock = epochClock;
  }

  /** The certificate of a door that speaks TLS, in PEM; null for a cleartext one. */
  Warmup trusting(byte @Nullable [] pem) {
    this.certificate = pem;
    return this;
  }

  /** What a rehearsal came to. */
  record Result(int answered, int refused, String lastRefusal) {}

  /** One made-up terminal: its token, and how far it has got. */
  private static final class Rehearser {
    final String token;
    long sequence = 1;
    long timeMillis;

    Rehearser(String token, long timeMillis) {
      this.token = token;
      this.timeMillis = timeMillis;
    }
  }

  /**
   * Rehearses for that long, with tenants of every tier; each lane gets some. First a crowd, so
   * that the path is compiled; then new tenants one by one, for what happens once to each, and so
   * that the compilers have done what the crowd has left them when the first client comes.
   */
  Future<Result> run(Lanes lanes, Duration length) {
    long startMillis = epochClock.epochMillis() - 6L * 3_600_000;
    for (Tier tier : Tier.values()) {
      for (int i = 0; i < TENANTS_A_TIER * lanes.size(); i++) {
        rehearsers.add(new Rehearser(rehearsal.admit(tier.label() + i, tier), startMillis));
      }
    }
    HttpClient client =
        vertx.createHttpClient(clientOptions(), new PoolOptions().setHttp2MaxSize(2));
    long calmNanos = length.toNanos() / 100 * CALM_PERCENT;
    long untilNanos = clock.nanoTime() + length.toNanos() - calmNanos;
    List<Future<Void>> chains = new ArrayList<>();
    for (int chain = 0; chain < IN_FLIGHT; chain++) {
      Promise<Void> done = Promise.promise();
      next(client, chain, untilNanos, done);
      chains.add(done.future());
    }
    return Future.all(chains)
        .compose(done -> calm(client, 0, untilNanos + calmNanos, startMillis))
        .compose(done -> client.close())
        .map(closed -> new Result(answered, refused, lastRefusal));
  }

  private HttpClientOptions clientOptions() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    if (certificate != null) {
      // Our own listener: known by its certificate, whatever name that is for.
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setVerifyHost(false)
          .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(certificate)));
    }
    return options;
  }

  private void next(HttpClient client, int turn, long untilNanos, Promise<Void> done) {
    if (clock.nanoTime() - untilNanos >= 0) {
      done.complete();
      return;
    }
    Rehearser rehearser = rehearsers.get(turn % rehearsers.size());
    send(client, rehearser, turn % 3 == 0)
        .onComplete(
            sent -> {
              next(client, turn + IN_FLIGHT, untilNanos, done);
            });
  }

  /** A first batch each of new tenants, one after the other. */
  private Future<Void> calm(HttpClient client, int turn, long untilNanos, long startMillis) {
    if (clock.nanoTime() - untilNanos >= 0) {
      return Future.succeededFuture();
    }
    Tier tier = Tier.values()[turn % Tier.values().length];
    String token = rehearsal.admit("calm-" + turn, tier);
    return send(client, new Rehearser(token, startMillis), turn % 2 == 0)
        .compose(sent -> vertx.timer(CALM_MILLIS, TimeUnit.MILLISECONDS))
        .compose(later -> calm(client, turn + 1, untilNanos, startMillis));
  }

  private Future<Void> send(HttpClient client, Rehearser rehearser, boolean json) {
    TickBatch batch = batch(rehearser);
    Buffer body =
        json ? Buffer.buffer(json(batch)) : Buffer.buffer(TickBlocks.in(batch).toByteArray());
    RequestOptions options =
        new RequestOptions()
            .setHost(host)
            .setPort(port)
            .setMethod(HttpMethod.POST)
            .setURI("/v1/ticks")
            .putHeader("authorization", "Bearer " + rehearser.token)
            .putHeader("content-type", json ? "application/json" : "application/x-protobuf");
    return client
        .request(options)
        .compose(
            request ->
                // Inside, so that the body is listened to on the loop, before it can pass.
                request
                    .send(body)
                    .compose(
                        response ->
                            response.body().map(text -> count(response.statusCode(), text))))
        .recover(
            failure ->
                Future.succeededFuture(
                    count(0, Buffer.buffer(String.valueOf(failure.getMessage())))))
        .mapEmpty();
  }

  private synchronized boolean count(int status, Buffer text) {
    if (status == 200) {
      answered++;
    } else {
      refused++;
      lastRefusal = status + " " + text.toString();
    }
    return status == 200;
  }

  private static TickBatch batch(Rehearser rehearser) {
    TickBatch.Builder batch =
        TickBatch.newBuilder().setTerminal("rehearsal").setSequence(rehearser.sequence++);
    for (int i = 0; i < TICKS; i++) {
      rehearser.timeMillis += TICK_MILLIS;
      double mid = 1.1 + 0.0005 * Math.sin(rehearser.timeMillis / 60_000.0) + 0.00001 * (i % 3);
      batch.addTicks(
          Tick.newBuilder()
              .setSymbol("EURUSD")
              .setTimeMsc(rehearser.timeMillis)
              .setBid(mid - 0.00005)
              .setAsk(mid + 0.00005)
              .setFlags(6));
    }
    return batch.build();
  }

  /** The batch in JSON; plain numbers and names only, so nothing needs escaping. */
  private static String json(TickBatch batch) {
    StringBuilder json = new StringBuilder(2_048);
    json.append("{\"terminal\":\"")
        .append(batch.getTerminal())
        .append("\",\"sequence\":")
        .append(batch.getSequence());
    json.append(",\"ticks\":[");
    for (int i = 0; i < batch.getTicksCount(); i++) {
      Tick tick = batch.getTicks(i);
      json.append(i == 0 ? "" : ",");
      json.append("{\"symbol\":\"")
          .append(tick.getSymbol())
          .append("\",\"time_msc\":")
          .append(tick.getTimeMsc());
      json.append(",\"bid\":").append(tick.getBid()).append(",\"ask\":").append(tick.getAsk());
      json.append(",\"flags\":").append(tick.getFlags()).append('}');
    }
    return json.append("]}").toString();
  }
}
