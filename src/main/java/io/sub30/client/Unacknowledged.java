package io.sub30.client;

/**
 * A batch nobody took responsibility for. The server may have stored it all the same (the answer
 * was lost): sending the same bytes again finds out, and stores it at most once.
 *
 * @param connection that sent it, from 0
 * @param terminal its terminal id
 * @param sequence its sequence
 * @param body as it was sent; not to be changed
 * @param last the answer to the last attempt
 */
public record Unacknowledged(
    int connection, String terminal, long sequence, byte[] body, Answer last) {}
