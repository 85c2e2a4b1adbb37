package io.sub30.gateway;

import io.sub30.budget.RequestOutcome;
import io.sub30.v1.ListSignalsResponse;
import java.util.function.BiConsumer;

/** What an answered page means, whatever the transport: how it ended, and what it must say. */
record SignalsAnswer(ListSignalsResponse page) {

  /** RFC 9211: this cache answered, because the budget left no room for a server. */
  private static final String CACHE_STATUS = "sub30; hit; detail=budget";

  private boolean cached() {
    return page.getSource().equals("cache");
  }

  /** A cached page is something less than was asked for. */
  RequestOutcome outcome() {
    return cached() ? RequestOutcome.DEGRADED : RequestOutcome.OK;
  }

  /** Names and values of the headers, or trailing metadata, that a cached page carries. */
  void headers(BiConsumer<String, String> header) {
    if (cached()) {
      header.accept("age", Long.toString(page.getAgeMs() / 1_000));
      header.accept("cache-status", CACHE_STATUS);
    }
  }
}
