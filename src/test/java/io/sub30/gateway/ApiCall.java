package io.sub30.gateway;

import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.identity.Scope;
import io.sub30.v1.GetPredictionRequest;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.Refusal;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every route and every gRPC method of the API, asked in one way. */
enum ApiCall {
  TICKS(Scope.TICKS_WRITE) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      TickBatch batch = Submissions.batch(asked.terminal("t"), asked.sequence(), 5);
      return of(door.api.post(token, Api.PROTOBUF, Buffer.buffer(batch.toByteArray())));
    }
  },
  TICK_STREAM(Scope.TICKS_WRITE) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      Submissions.batch(asked.terminal("t"), asked.sequence(), 5).writeDelimitedTo(body);
      Api.Reply reply =
          door.api.send(
              HttpMethod.POST,
              ApiRoute.STREAM.template(),
              token,
              Api.PROTOBUF,
              Buffer.buffer(body.toByteArray()),
              Map.of());
      if (reply.status() != 200) {
        return of(reply);
      }
      return of(
          TickResult.parseDelimitedFrom(new ByteArrayInputStream(reply.body().getBytes())),
          reply.body().toString(StandardCharsets.ISO_8859_1));
    }
  },
  SIGNALS(Scope.READ) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      return of(door.api.get("/v1/signals?limit=1" + asked.query(), token));
    }
  },
  QUOTE(Scope.READ) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      return of(door.api.get("/v1/quotes/EURUSD" + asked.onlyTerminal(), token));
    }
  },
  PREDICTION(Scope.READ) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      return of(door.api.get("/v1/predictions/EURUSD" + asked.onlyTerminal(), token));
    }
  },
  BARS(Scope.READ) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      return of(door.api.get("/v1/bars/EURUSD?limit=1" + asked.query(), token));
    }
  },
  GRPC_SUBMIT_TICKS(Scope.TICKS_WRITE) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      TickBatch batch = Submissions.batch(asked.terminal("t"), asked.sequence(), 5);
      return of(door.grpc.submit(token, batch));
    }
  },
  GRPC_STREAM_TICKS(Scope.TICKS_WRITE) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      TickBatch batch = Submissions.batch(asked.terminal("t"), asked.sequence(), 5);
      GrpcApi.Reply reply =
          door.grpc.call("StreamTicks", token, Buffer.buffer(batch.toByteArray()));
      Outcome outcome = of(reply);
      return outcome.status() == 200
          ? of(TickResult.parseFrom(reply.message()), outcome.text())
          : outcome;
    }
  },
  GRPC_LIST_SIGNALS(Scope.READ) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      ListSignalsRequest.Builder request = ListSignalsRequest.newBuilder().setLimit(1);
      request.setTerminal(asked.terminal("")).setCursor(asked.cursor == null ? "" : asked.cursor);
      Buffer message = Buffer.buffer(request.build().toByteArray());
      GrpcApi.Reply reply = door.grpc.call("ListSignals", token, message);
      return of(reply, ListSignalsResponse.parseFrom(reply.message()).getItemsCount());
    }
  },
  GRPC_GET_PREDICTION(Scope.READ) {
    @Override
    Outcome send(Door door, @Nullable String token, Asked asked) throws Exception {
      GetPredictionRequest.Builder request = GetPredictionRequest.newBuilder().setSymbol("EURUSD");
      request.setTerminal(asked.terminal(""));
      Buffer message = Buffer.buffer(request.build().toByteArray());
      return of(door.grpc.call("GetPrediction", token, message));
    }
  };

  /** What a token must be good for. */
  final Scope needed;

  ApiCall(Scope needed) {
    this.needed = needed;
  }

  /** Open connections of both kinds. */
  record Door(Api api, GrpcApi grpc) implements AutoCloseable {
    static Door of(RunningNode server) {
      return new Door(server.api(HttpVersion.HTTP_2), new GrpcApi(server.vertx, server.node.api()));
    }

    @Override
    public void close() throws Exception {
      api.close();
      grpc.close();
    }
  }

  /**
   * What is asked for.
   *
   * @param terminal null: none is named
   * @param cursor null: the first page
   */
  record Asked(@Nullable String terminal, @Nullable String cursor, long sequence) {
    static final Asked NOTHING = new Asked(null, null, 1);

    String terminal(String otherwise) {
      return terminal == null ? otherwise : terminal;
    }

    String onlyTerminal() {
      return terminal == null ? "" : "?terminal=" + terminal;
    }

    String query() {
      String named = terminal == null ? "" : "&terminal=" + terminal;
      return named + (cursor == null ? "" : "&cursor=" + cursor);
    }
  }

  /**
   * What came back.
   *
   * @param status of HTTP; that of the same meaning for gRPC
   * @param code of the problem; empty when there is none
   * @param found how many things of what was asked for; 0 for a refusal
   * @param text the whole body as Latin-1, whatever its form
   */
  record Outcome(int status, String code, String detail, int found, String text) {}

  abstract Outcome send(Door door, @Nullable String token, Asked asked) throws Exception;

  static Outcome of(Api.Reply reply) {
    String text = reply.body().toString(StandardCharsets.ISO_8859_1);
    if (reply.status() != 200) {
      return new Outcome(reply.status(), reply.code(), reply.detail(), 0, text);
    }
    if (Api.PROTOBUF.equals(reply.headers().get("content-type"))) {
      return new Outcome(200, "", "", 1, text);
    }
    JsonArray items = reply.json().getJsonArray("items");
    return new Outcome(200, "", "", items == null ? 1 : items.size(), text);
  }

  /** The answer to a batch of a stream. */
  static Outcome of(TickResult result, String text) {
    Refusal refusal = result.getRefusal();
    return result.hasRefusal()
        ? new Outcome(refusal.getStatus(), refusal.getCode(), refusal.getDetail(), 0, text)
        : new Outcome(200, "", "", 1, text);
  }

  static Outcome of(GrpcApi.Reply reply) {
    return of(reply, 1);
  }

  /**
   * @param found in a good answer
   */
  static Outcome of(GrpcApi.Reply reply, int found) {
    int status =
        switch (reply.status()) {
          case "OK" -> 200;
          case "INVALID_ARGUMENT" -> 400;
          case "UNAUTHENTICATED" -> 401;
          case "PERMISSION_DENIED" -> 403;
          case "NOT_FOUND" -> 404;
          case "UNAVAILABLE" -> 503;
          case "DEADLINE_EXCEEDED" -> 504;
          default -> throw new AssertionError(reply.status() + ": " + reply.detail());
        };
    String code = reply.metadata("code");
    String text = new String(reply.message(), StandardCharsets.ISO_8859_1);
    return new Outcome(
        status, code == null ? "" : code, reply.detail(), status == 200 ? found : 0, text);
  }

  /** Asks again while the server had no time for it, which on a busy machine may be. */
  Outcome answered(Door door, @Nullable String token, Asked asked) throws Exception {
    Outcome outcome = send(door, token, asked);
    for (int i = 1; i < Submissions.ATTEMPTS && outcome.status() > 500; i++) {
      outcome = send(door, token, asked);
    }
    return outcome;
  }
}
