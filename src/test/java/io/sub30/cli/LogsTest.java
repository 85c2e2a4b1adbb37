package io.sub30.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/** The packaged configuration, on a standard error that somebody has stopped reading. */
class LogsTest {

  private static final int WAITING = 4_096;

  private final PrintStream before = System.err;
  private final CountDownLatch read = new CountDownLatch(1);
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final LoggerContext context = new LoggerContext();

  private final class Stopped extends OutputStream {

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      while (read.getCount() > 0) {
        LockSupport.parkNanos(1_000_000);
      }
      written.write(bytes, from, length);
    }
  }

  @BeforeEach
  void configure() throws Exception {
    System.setErr(new PrintStream(new Stopped(), true, StandardCharsets.UTF_8));
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Logs.class.getResource("/logback.xml"));
  }

  @AfterEach
  void restore() {
    read.countDown();
    context.stop();
    System.setErr(before);
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void log_nobodyReads_neverWaitsAndKeepsWhatThereIsRoomFor() {
    Logger log = context.getLogger("io.sub30.lane");
    for (int i = 0; i < 3 * WAITING; i++) {
      log.warn("line {}", i);
    }
    read.countDown();
    context.stop();

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        // The queue, and what its thread had taken out of it at once when it came to write.
        .hasSizeBetween(WAITING, 2 * WAITING)
        .first()
        .asString()
        .endsWith("line 0");
  }
}
