package io.sub30.ops;

import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;

/** What Vert.x measures of itself; for {@code VertxOptions.setMetricsOptions}. */
public final class VertxMetrics {

  private VertxMetrics() {}

  /**
   * Everything but the event bus and the HTTP server, whose hops and requests we measure ourselves
   * (Vert.x would look up meters for every message and request); and no label whose values a client
   * chooses (a method may be any word). {@code local} tells our servers apart. The registry goes to
   * {@code Vertx.builder().withMetrics(new MicrometerMetricsFactory(registry))}.
   */
  public static MicrometerMetricsOptions options() {
    return new MicrometerMetricsOptions()
        .setEnabled(true)
        .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
        .addDisabledMetricsCategory(MetricsDomain.HTTP_SERVER)
        .setLabels(EnumSet.of(Label.LOCAL, Label.HTTP_CODE, Label.POOL_TYPE, Label.POOL_NAME));
  }
}
