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
 * @param setAside batches set aside, ever; they are in {@code relay_poison} with their reasons
 * @param failures failed attempts since start
 */
public record RelayStatus(
    boolean healthy,
    String detail,
    long lagMillis,
    long rowsBehind,
    long batches,
    long ticks,
    long setAside,
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
        setAside + block.poison().size(),
        failures);
  }

  RelayStatus idle() {
    return healthy
        ? this
        : new RelayStatus(
            true, "relaying", lagMillis, rowsBehind, batches, ticks, setAside, failures);
  }

  RelayStatus behind(long rows, long millis) {
    return new RelayStatus(healthy, detail, millis, rows, batches, ticks, setAside, failures);
  }

  RelayStatus withSetAside(long count) {
    return new RelayStatus(healthy, detail, lagMillis, rowsBehind, batches, ticks, count, failures);
  }

  RelayStatus failed(String why) {
    return new RelayStatus(
        false, why, lagMillis, rowsBehind, batches, ticks, setAside, failures + 1);
  }
}
