package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Budget;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a client gets instead of what it asked for: RFC 9457, {@code application/problem+json}.
 *
 * @param detail what was wrong, with which value, and what would be right; never a secret, never a
 *     stack trace
 * @param budget where the time went, when the request had got far enough to spend some
 * @param retryAfterMillis after which a retry is welcome; 0 leaves it out
 */
public record Problem(
    ProblemCode code,
    String detail,
    String requestId,
    @Nullable Budget budget,
    int retryAfterMillis)
    implements JsonBody {
  /** Of the JSON it is written as. */
  public static final String CONTENT_TYPE = "application/problem+json";

  public Problem {
    if (retryAfterMillis < 0) {
      throw new IllegalArgumentException("retryAfterMillis is " + retryAfterMillis);
    }
  }

  /** A problem that spent no budget and asks for no retry. */
  public static Problem of(ProblemCode code, String detail, String requestId) {
    return new Problem(code, detail, requestId, null, 0);
  }

  /** What a client is told whose token was not believed. */
  public static Problem of(TokenRefusal refusal, String requestId) {
    return of(ProblemCode.of(refusal.fault()), refusal.detail(), requestId);
  }

  /** The same, with where the time went. */
  public Problem withBudget(Budget spent) {
    return new Problem(code, detail, requestId, spent, retryAfterMillis);
  }

  /** The same, with a retry welcome after whole seconds. */
  public Problem withRetryAfter(int seconds) {
    return withRetryAfterMillis(Math.multiplyExact(seconds, 1_000));
  }

  /** The same, with a retry welcome after milliseconds; 0 leaves it out. */
  public Problem withRetryAfterMillis(int millis) {
    return new Problem(code, detail, requestId, budget, millis);
  }

  /** For the Retry-After header, which knows whole seconds only: rounded up. */
  public int retryAfterSeconds() {
    return (retryAfterMillis + 999) / 1_000;
  }

  @Override
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", code.type());
    json.writeStringField("title", code.title());
    json.writeNumberField("status", code.status());
    json.writeStringField("detail", detail);
    json.writeStringField("code", code.code());
    json.writeStringField("request_id", requestId);
    if (retryAfterMillis > 0) {
      json.writeNumberField("retry_after_s", retryAfterSeconds());
      json.writeNumberField("retry_after_ms", retryAfterMillis);
    }
    if (budget != null) {
      json.writeFieldName("budget");
      BudgetJson.write(json, budget);
    }
    json.writeEndObject();
  }
}
