package io.sub30.client;

/**
 * A batch ready to be sent.
 *
 * @param terminal position of its terminal among the connections, from 0
 * @param sequence of the batch within its terminal, from 1
 * @param body encoded; never changed, so that sending again sends the same bytes
 * @param dueNanos from the start of the run; {@link Pace#UNPACED} in a closed loop
 */
record PreparedBatch(int terminal, long sequence, byte[] body, long dueNanos) {}
