package io.sub30.database.columnar;

import io.sub30.database.columnar.ColumnarException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Statements to ClickHouse over its HTTP interface. A call blocks its worker thread until the
 * answer is there or its time is over; the connections have an event loop of their own, so no byte
 * of a block goes through a lane's. Thread-safe.
 */
final class ClickHouseHttp implements AutoCloseable {

  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_SECONDS = 10;
  private static final int WRITE_SECONDS = 20;
  private static final int MOST_CONNECTIONS = 4;
  private static final int MOST_WAITING = 64;

  /** Less than the 3 s after which old servers close an idle connection. */
  private static final int KEEP_SECONDS = 2;

  private static final int MOST_ERROR_CHARACTERS = 300;

  /** What the server says of itself: {@code Code: 60, e.displayText() = ...}. */
  private static final Pattern CODE = Pattern.compile("Code: (\\d{1,5})\\b");

  /** Errors of the data sent: unparsable, of a wrong type, out of range, against a constraint. */
  private static final Set<Integer> REFUSALS = Set.of(6, 26, 27, 43, 53, 69, 131, 469);

  private final ClickHouseUri server;
  private final Vertx vertx;
  private final HttpClient client;

  ClickHouseHttp(ClickHouseUri server) {
    this.server = server;
    this.vertx = apart();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setKeepAliveTimeout(KEEP_SECONDS),
            new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS).setMaxWaitQueueSize(MOST_WAITING));
  }

  /** Made on a thread of its own: on a thread of another Vert.x it would warn of what is meant. */
  private static Vertx apart() {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1);
    FutureTask<Vertx> made = new FutureTask<>(() -> Vertx.vertx(options));
    new Thread(made, "sub30-clickhouse-start").start();
    try {
      return made.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Vert.x does not start: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Vert.x starts", e);
    }
  }

  /** Answers a query in the format it names. The server gives up on it when we do. */
  Buffer read(String query) {
    return post(
        "/?wait_end_of_query=1&max_execution_time=" + READ_SECONDS + inDatabase(),
        Buffer.buffer(query),
        false,
        READ_SECONDS);
  }

  /** The same outside of the database, which may not be there yet. */
  Buffer readOutside(String query) {
    return post("/?wait_end_of_query=1", Buffer.buffer(query), false, READ_SECONDS);
  }

  /** Runs a statement outside of the database. */
  void executeOutside(String statement) {
    post("/?wait_end_of_query=1", Buffer.buffer(statement), false, WRITE_SECONDS);
  }

  /** Runs a statement that answers nothing. */
  void execute(String statement) {
    post("/?wait_end_of_query=1" + inDatabase(), Buffer.buffer(statement), false, WRITE_SECONDS);
  }

  /**
   * Inserts rows.
   *
   * @param statement up to and with its {@code FORMAT}
   * @param gzipped the rows, compressed
   * @param settings further settings, {@code &name=value} each
   */
  void insert(String statement, Buffer gzipped, String settings) {
    post(
        "/?query=" + URLEncoder.encode(statement, StandardCharsets.UTF_8) + settings + inDatabase(),
        gzipped,
        true,
        WRITE_SECONDS);
  }

  private String inDatabase() {
    return "&database=" + server.database();
  }

  private Buffer post(String path, Buffer body, boolean gzipped, int seconds) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(server.host())
            .setPort(server.port())
            .setURI(path)
            .setConnectTimeout(CONNECT_MILLIS)
            .setIdleTimeout(TimeUnit.SECONDS.toMillis(seconds))
            .putHeader("X-ClickHouse-User", server.user())
            .putHeader("X-ClickHouse-Key", server.password());
    if (gzipped) {
      options.putHeader("Content-Encoding", "gzip");
    }
    return awaited(client.request(options).compose(request -> send(request, body)), seconds + 1);
  }

  private Future<Buffer> send(HttpClientRequest request, Buffer body) {
    return request.send(body).compose(this::answer);
  }

  private Future<Buffer> answer(HttpClientResponse response) {
    return response
        .body()
        .compose(
            body ->
                response.statusCode() == 200
                    ? Future.succeededFuture(body)
                    : Future.failedFuture(refusal(response.statusCode(), body)));
  }

  private ColumnarException refusal(int status, Buffer body) {
    String text = body.toString(StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    String shown =
        text.length() > MOST_ERROR_CHARACTERS ? text.substring(0, MOST_ERROR_CHARACTERS) : text;
    Matcher code = CODE.matcher(text);
    boolean data = code.find() && REFUSALS.contains(Integer.parseInt(code.group(1)));
    return failure(data ? Reason.REFUSED : Reason.FAILED, "HTTP " + status + ": " + shown, null);
  }

  private <T> T awaited(Future<T> answer, int seconds) {
    try {
      return answer.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw failure(Reason.FAILED, "no answer within " + seconds + " s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ColumnarException refused) {
        throw refused;
      }
      throw failure(Reason.FAILED, String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(Reason.FAILED, "interrupted", e);
    }
  }

  ColumnarException failure(Reason reason, String what, @Nullable Throwable cause) {
    String message = "ClickHouse " + server + ": " + what;
    return cause == null
        ? new ColumnarException(reason, message)
        : new ColumnarException(reason, message, cause);
  }

  ClickHouseUri server() {
    return server;
  }

  @Override
  public void close() {
    awaited(client.close().eventually(vertx::close), CONNECT_MILLIS / 1_000);
  }
}
