package io.sub30.slo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Tier;
import io.sub30.budget.Violation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ViolationLogTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(ViolationLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - 10);
  private final ViolationLog log = new ViolationLog(clock);

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void accept_hop_isInfoWithEveryFigure() {
    log.accept(
        new Violation("r1", "4bf9", "ml_processing", Tier.ENTERPRISE, 8_000_000, 12_500_000));

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.INFO);
    assertThat(lines.list.get(0).getFormattedMessage())
        .isEqualTo(
            "budget violation request=r1 trace=4bf9 component=ml_processing tier=enterprise"
                + " level=sla_violation budget_us=8000 actual_us=12500 overage_us=4500");
  }

  @Test
  void accept_total_isWarn() {
    log.accept(violation("r1"));

    assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.WARN);
  }

  @Test
  void accept_moreThanTheLimit_isCountedAndToldOnceTheSecondIsOver() {
    for (int i = 0; i < ViolationLog.LINES_A_SECOND + 3; i++) {
      log.accept(violation("r" + i));
    }
    assertThat(lines.list).hasSize(ViolationLog.LINES_A_SECOND);

    clock.advanceNanos(999_999_999);
    log.accept(violation("still"));
    assertThat(lines.list).hasSize(ViolationLog.LINES_A_SECOND);

    clock.advanceNanos(1);
    log.accept(violation("next"));
    assertThat(lines.list).hasSize(ViolationLog.LINES_A_SECOND + 2);
    assertThat(lines.list.get(10).getFormattedMessage())
        .isEqualTo("4 budget violations were not logged, there were too many");
    assertThat(lines.list.get(11).getFormattedMessage()).contains("request=next");

    log.accept(violation("another"));
    assertThat(lines.list).hasSize(ViolationLog.LINES_A_SECOND + 3);
  }

  @Test
  void accept_moreThanTheLimitOfOneTier_leavesTheOthersTheirs() {
    for (int i = 0; i < ViolationLog.LINES_A_SECOND + 1; i++) {
      log.accept(new Violation("free" + i, "", "api_gateway", Tier.FREE, 100_000_000, 700_000_000));
    }
    log.accept(violation("r1"));
    assertThat(lines.list.get(lines.list.size() - 1).getFormattedMessage()).contains("request=r1");
  }

  private static Violation violation(String requestId) {
    return new Violation(requestId, "", "total", Tier.ENTERPRISE, 30_000_000, 31_000_000);
  }
}
