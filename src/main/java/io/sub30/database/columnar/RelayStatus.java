package io.sub30.database.columnar;

/**
 * How the relay is doing; a snapshot, free to travel between threads.
 *
 * @param healthy the last attempt succeeded
 * @param detail what is wrong, or "relaying"
 * @param lagMillis age of the oldest batch not yet relayed, measured about once a second; 0 when
 *     there is none
 * @param rowsBehind batches not yet relayed, measured with the lag and counted to {@value
 *     IntakeReader#MOST_COUNTED} at most
 * @param batches relayed since start
 * @param ticks relayed since start
 * @param poisoned batches set aside since start
 * @param failures failed attempts since start
 */
public record RelayStatus(
    boolean healthy,
    String detail,
    long lagMillis,
    long rowsBehind,
    long batches,
    long ticks,
    long poisoned,
    long failures) {

  static final RelayStatus STARTING = new RelayStatus(false, "starting", 0, 0, 0, 0, 0, 0);

  RelayStatus relayed(Block block) {
    return new RelayStatus(
        true,
        "relaying",
        lagMillis,
        rowsBehind,
        batches + block.batches().size(),
        ticks + block.tickCount(),
        poisoned + block.poison().size(),
        failures);
  }

  RelayStatus idle() {
    return healthy
        ? this
        : new RelayStatus(
            true, "relaying", lagMillis, rowsBehind, batches, ticks, poisoned, failures);
  }

  RelayStatus behind(long rows, long millis) {
    return new RelayStatus(healthy, detail, millis, rows, batches, ticks, poisoned, failures);
  }

  RelayStatus failed(String why) {
    return new RelayStatus(
        false, why, lagMillis, rowsBehind, batches, ticks, poisoned, failures + 1);
  }
}
