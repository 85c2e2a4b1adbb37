package io.sub30.client;

import io.sub30.v1.TickResult;
import org.jspecify.annotations.Nullable;

/**
 * What became of one batch: the result, the server's problem, or the lack of any answer. All three
 * are values; whether to send the same batch again is the caller's choice, and {@link #retriable()}
 * says when that makes sense.
 *
 * @param status the HTTP status (gRPC codes are mapped to the status of the same meaning); {@link
 *     #NO_ANSWER} when none came
 * @param result present exactly when the status is 200
 * @param code the problem's {@code code}, or why there was no answer: {@code connection}, {@code
 *     timeout}, {@code malformed}, {@code busy}; empty on success
 * @param detail the problem in a sentence; empty on success
 * @param retryAfterMillis what {@code Retry-After} asked for; {@link #UNSAID} when it was absent
 */
public record Answer(
    int status, @Nullable TickResult result, String code, String detail, long retryAfterMillis) {
  /** The status of a batch that nobody answered. */
  public static final int NO_ANSWER = 0;

  /** No {@code Retry-After} was sent. */
  public static final long UNSAID = -1;

  static final String CONNECTION = "connection";
  static final String TIMEOUT = "timeout";
  static final String MALFORMED = "malformed";
  static final String BUSY = "busy";

  static Answer accepted(TickResult result) {
    return new Answer(200, result, "", "", UNSAID);
  }

  static Answer problem(int status, String code, String detail, long retryAfterMillis) {
    return new Answer(status, null, code, detail, retryAfterMillis);
  }

  static Answer none(String code, String detail) {
    return new Answer(NO_ANSWER, null, code, detail, UNSAID);
  }

  /**
   * Whether the server took responsibility: 200 and durable. Only such a batch may be forgotten by
   * its sender.
   */
  public boolean acknowledged() {
    return result != null && result.getDurable();
  }

  /**
   * Whether the same batch, sent again unchanged, may yet be acknowledged: 429, 503, 504, or no
   * answer at all.
   */
  public boolean retriable() {
    return switch (status) {
      case 429, 503, 504 -> true;
      case NO_ANSWER -> code.equals(CONNECTION) || code.equals(TIMEOUT);
      default -> false;
    };
  }

  /** The status and what was said with it, for people. */
  public String summary() {
    if (result != null) {
      return result.getDurable() ? "200" : "200, but not durable";
    }
    String reason = detail.isEmpty() ? code : code + ": " + detail;
    return status == NO_ANSWER ? "no answer (" + reason + ")" : status + " (" + reason + ")";
  }
}
