package io.sub30.gateway.answers;

import io.sub30.budget.RequestOutcome;
import io.sub30.v1.ListSignalsResponse;
import java.util.function.BiConsumer;

/** What an answered page means, whatever the transport: how it ended, and what it must say. */
public record SignalsAnswer(ListSignalsResponse page) {

  private boolean cached() {
    return page.getSource().equals(CachedPart.SOURCE);
  }

  /** A cached page is something less than was asked for. */
  public RequestOutcome outcome() {
    return cached() ? RequestOutcome.DEGRADED : RequestOutcome.OK;
  }

  /** Names and values of the headers, or trailing metadata, that a cached page carries. */
  public void headers(BiConsumer<String, String> header) {
    if (cached()) {
      header.accept(CachedPart.AGE, Long.toString(page.getAgeMs() / 1_000));
      header.accept(CachedPart.CACHE_STATUS, CachedPart.HIT);
    }
  }
}
