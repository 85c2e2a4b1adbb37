package io.sub30.faults;

import io.sub30.client.Answer;
import io.sub30.client.ReplayListener;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/** What a server took responsibility for, as {@code terminal/sequence}. Thread-safe. */
final class Journal implements ReplayListener {

  private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
  private final Map<String, Long> ticks = new ConcurrentHashMap<>();
  private final AtomicLong repeated = new AtomicLong();
  private final Set<String> spooled = new ConcurrentSkipListSet<>();
  private final AtomicLong twice = new AtomicLong();

  @Override
  public void answered(String terminal, long sequence, Answer answer) {
    var result = answer.result();
    if (result == null || !answer.acknowledged()) {
      return;
    }
    String key = terminal + '/' + sequence;
    if (!acknowledged.add(key)) {
      twice.incrementAndGet();
    }
    ticks.put(key, (long) result.getAccepted());
    if (result.getDegradedList().stream().anyMatch(step -> step.getReason().equals("spooled"))) {
      spooled.add(key);
    }
    if (result.getDuplicate()) {
      repeated.incrementAndGet();
    }
  }

  int size() {
    return acknowledged.size();
  }

  Set<String> acknowledged() {
    return new TreeSet<>(acknowledged);
  }

  /** Acknowledged from the spool. */
  Set<String> spooled() {
    return new TreeSet<>(spooled);
  }

  /** Ticks that the acknowledgements said were accepted. */
  long ticks() {
    return ticks.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Acknowledgements of what had been stored before, its answer lost. */
  long repeated() {
    return repeated.get();
  }

  /** Batches acknowledged more than once: the replay never asks again for what it has. */
  long twice() {
    return twice.get();
  }
}
