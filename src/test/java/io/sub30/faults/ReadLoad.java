package io.sub30.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One tenant's reading of its signals, again and again, while something breaks: counts the answers
 * by who gave them, and those that lack a signal.
 */
final class ReadLoad implements AutoCloseable {

  private static final long PERIOD_MILLIS = 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpRequest request;
  private final int signals;
  private final Map<String, Integer> answers = new TreeMap<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private String lastSource = "";
  private int inARow;
  private int incomplete;

  /**
   * Begins.
   *
   * @param signals of the tenant: every page must have them all
   */
  ReadLoad(FaultStage stage, String tenant, int signals) throws IOException {
    this.signals = signals;
    this.request =
        HttpRequest.newBuilder(URI.create(stage.api() + "/v1/signals?limit=100"))
            .timeout(Duration.ofSeconds(10))
            .header("authorization", "Bearer " + stage.token(tenant))
            .build();
    timer.scheduleWithFixedDelay(this::read, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void read() {
    try {
      HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() == 200) {
        JsonObject page = new JsonObject(reply.body());
        boolean whole = page.getJsonArray("items").size() == signals;
        count(page.getString("source"), whole);
      } else {
        count(Integer.toString(reply.statusCode()), true);
      }
    } catch (IOException e) {
      count("no answer", true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void count(String source, boolean whole) {
    answers.merge(source, 1, Integer::sum);
    inARow = source.equals(lastSource) ? inARow + 1 : 1;
    lastSource = source;
    incomplete += whole ? 0 : 1;
  }

  /** Answers of a source, or of a status that is not 200. */
  synchronized int of(String source) {
    return answers.getOrDefault(source, 0);
  }

  /** The last answers that were all of that source; 0 when the last one was not. */
  synchronized int inARow(String source) {
    return source.equals(lastSource) ? inARow : 0;
  }

  /** Pages that lacked a signal. */
  synchronized int incomplete() {
    return incomplete;
  }

  synchronized int all() {
    return answers.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The counts in words. */
  @Override
  public synchronized String toString() {
    return answers + ", incomplete " + incomplete;
  }

  @Override
  public void close() throws InterruptedException {
    timer.shutdownNow();
    if (!timer.awaitTermination(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a read does not end");
    }
  }
}
