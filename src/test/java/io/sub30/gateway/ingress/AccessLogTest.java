package io.sub30.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogTest {

  private final List<String> lines = new ArrayList<>();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final AccessLog log = new AccessLog(3, lines::add, tasks::add);

  @Test
  void text_isOneFieldEach() {
    assertThat(line("/v1/ticks", "acme").text())
        .isEqualTo(
            "method=POST route=/v1/ticks status=200 bytes=1234 us=850 tenant=acme request=r1"
                + " trace=4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/quotes/EURUSD,/v1/quotes/{symbol}",
    "/v1/bars/x%0Ay,/v1/bars/{symbol}",
    "/sub30.v1.TradingGateway/SubmitTicks,/sub30.v1.TradingGateway/SubmitTicks",
    "/sub30.v1.TradingGateway/Nonsense,-",
    "/v1/ticks/,-",
    "/v1/quotes/a/b,-",
    "/secret,-"
  })
  void text_path_isToldAsItsRoute(String path, String route) {
    assertThat(line(path, "acme").text()).contains(" route=" + route + " ");
  }

  @Test
  void text_whatClientsChoose_cannotEndTheLineOrBeAField() {
    AccessLine line =
        new AccessLine(
            "GET\r\nX", "/\nmethod=", 401, 0, 1, "a\u2028b status=200\u001b[2J", "r1", "t");
    assertThat(line.text())
        .isEqualTo(
            "method=GET??X route=- status=401 bytes=0 us=1 tenant=a?b?status?200?[2J request=r1"
                + " trace=t");
    AccessLine longest = new AccessLine("M".repeat(99), "", 405, 0, 1, "t".repeat(99), "r", "t");
    assertThat(longest.text())
        .contains("method=" + "M".repeat(16) + " ")
        .contains("tenant=" + "t".repeat(64) + " ");
  }

  @Test
  void text_unknownSender_isADash() {
    assertThat(line("/v1/ticks", "").text()).contains(" tenant=- ");
  }

  @Test
  void add_isWrittenByTheWorkerInOrder() {
    log.add(line("/v1/ticks", "a"));
    log.add(line("/v1/ticks", "b"));
    assertThat(lines).isEmpty();
    assertThat(tasks).hasSize(1);

    tasks.remove().run();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).contains("tenant=a");
    assertThat(lines.get(1)).contains("tenant=b");

    log.add(line("/v1/ticks", "c"));
    tasks.remove().run();
    assertThat(lines).hasSize(3);
    assertThat(log.dropped()).isZero();
  }

  @Test
  void add_fullQueue_dropsAndCounts() {
    for (int i = 0; i < 5; i++) {
      log.add(line("/v1/ticks", "t" + i));
    }
    assertThat(log.dropped()).isEqualTo(2);

    tasks.remove().run();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(2)).contains("tenant=t2");

    log.add(line("/v1/ticks", "later"));
    tasks.remove().run();
    assertThat(lines).hasSize(4);
    assertThat(log.dropped()).isEqualTo(2);
  }

  @Test
  void add_whileWriting_isWrittenByTheSameTask() {
    List<String> seen = new ArrayList<>();
    AccessLog[] self = new AccessLog[1];
    self[0] =
        new AccessLog(
            3,
            text -> {
              if (seen.isEmpty()) {
                self[0].add(line("/v1/ticks", "second"));
              }
              seen.add(text);
            },
            tasks::add);
    self[0].add(line("/v1/ticks", "first"));
    tasks.remove().run();
    assertThat(seen).hasSize(2);
    assertThat(tasks).isEmpty();
  }

  private static AccessLine line(String path, String tenant) {
    return new AccessLine(
        "POST", path, 200, 1234, 850, tenant, "r1", "4bf92f3577b34da6a3ce929d0e0e4736");
  }
}
