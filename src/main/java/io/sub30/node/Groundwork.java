package io.sub30.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.sub30.config.HttpConfig;
import io.sub30.config.Sub30Config;
import io.sub30.database.Storage;
import io.sub30.gateway.connections.ListenerTransport;
import io.sub30.ops.VertxMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import io.vertx.micrometer.MicrometerMetricsFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be there before a component can be deployed. Servers and schema are waited for by the
 * main thread while another one reads the models and prepares the event loops: a start is bound by
 * the processor, and has two.
 *
 * @param knowledge its models are to be closed when the last lane has stopped
 * @param servers to be closed last
 */
record Groundwork(Knowledge knowledge, Vertx vertx, Servers servers, Storage storage) {

  private static final Logger log = LoggerFactory.getLogger(Groundwork.class);

  /**
   * Lays it; blocking. Nothing is left behind when any part of it fails.
   *
   * @param loops event loops, one a lane
   * @throws io.sub30.config.ConfigException naming what cannot be used
   */
  static Groundwork lay(
      Sub30Config config,
      DataFolder folder,
      int loops,
      MeterRegistry registry,
      Consumer<String> progress) {
    Knowledge.Rules rules = Knowledge.Rules.load(config); // refused before anything is started
    CompletableFuture<Knowledge> reading =
        CompletableFuture.supplyAsync(() -> rules.withModels(config, folder));
    CompletableFuture<Vertx> building =
        reading.thenApply(known -> vertx(loops, config.http().limits(), registry));
    Servers servers = null;
    try {
      servers = Servers.start(config.database(), folder, progress);
      log.info("servers are up at {} ms", Assembly.uptimeMillis());
      Storage storage =
          Storage.open(
              servers.postgres(),
              servers.redis(),
              folder.columnar().resolve("ticks.duckdb"),
              config.database(),
              config.breakers().columnar(),
              new Storage.SpoolPlace(folder.root().resolve("spool"), config.database().down()));
      log.info("the schema is up to date at {} ms", Assembly.uptimeMillis());
      Vertx vertx = building.join();
      log.info("models and strategies are loaded at {} ms", Assembly.uptimeMillis());
      return new Groundwork(reading.join(), vertx, servers, storage);
    } catch (RuntimeException e) {
      building.thenAccept(Vertx::close);
      reading.thenAccept(known -> known.models().close());
      if (servers != null) {
        servers.close();
      }
      throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause
          ? cause
          : e;
    }
  }

  private static Vertx vertx(int loops, HttpConfig.Limits limits, MeterRegistry registry) {
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setMetricsOptions(VertxMetrics.options()))
        .withTransport(new ListenerTransport(transport(), limits))
        .withMetrics(new MicrometerMetricsFactory(registry))
        .build();
  }

  /**
   * Linux's own (epoll) where its library loads, which takes a sixth less processor time for a
   * batch than the JDK's; else the JDK's, as with {@code -Dio.netty.transport.noNative=true}.
   */
  static Transport transport() {
    Transport epoll = Transport.EPOLL; // null without its classes, whatever the library says
    if (epoll != null && epoll.available()) {
      return epoll;
    }
    log.info("connections are the JDK's, not Linux's own: {}", unavailable(epoll));
    return Transport.NIO;
  }

  private static String unavailable(@Nullable Transport transport) {
    return transport == null ? "no library" : String.valueOf(transport.unavailabilityCause());
  }
}
