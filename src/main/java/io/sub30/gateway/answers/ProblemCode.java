package io.sub30.gateway.answers;

import io.sub30.gateway.identity.TokenFault;
import java.util.Locale;

/**
 * Every way a request ends without what it asked for. The name in lower case is the {@code code} a
 * client may switch on; titles and details are for people and may change.
 */
public enum ProblemCode {
  /**
   * The request cannot be read: the detail names the place and the value. Never retry it as it is.
   */
  MALFORMED(400, "The request is malformed", false),

  /** No bearer token came with the request. Send one. */
  TOKEN_MISSING(401, "A bearer token is needed", false),

  /**
   * The token was not issued for this API, or was altered. A retry with the same token fails again.
   */
  TOKEN_INVALID(401, "The token is not valid", false),

  /** The token is past its time. Get a new one, then retry with the same sequence. */
  TOKEN_EXPIRED(401, "The token has expired", false),

  /** The token is good but not for this: another terminal's batch, another scope. Never retry. */
  FORBIDDEN(403, "The token does not allow this", false),

  /** There is no such thing, or it is another tenant's: the two are deliberately not told apart. */
  NOT_FOUND(404, "There is no such resource", false),

  /** The path exists, the method on it does not; the Allow header lists those that do. */
  METHOD_NOT_ALLOWED(405, "The method is not allowed here", false),

  /** None of the types in Accept can be written. JSON and protobuf can. */
  NOT_ACCEPTABLE(406, "None of the accepted types can be served", false),

  /**
   * The sequence was stored with other content. A terminal's bug: count on from its highest
   * sequence.
   */
  SEQUENCE_CONFLICT(409, "The sequence was used for other content", false),

  /**
   * The sequence lies below what is retained, so whether it was stored is no longer known. Never
   * retry.
   */
  SEQUENCE_EXPIRED(409, "The sequence is too old", false),

  /** More ticks or bytes than one request may carry. Split the batch. */
  TOO_LARGE(413, "The request is too large", false),

  /** The content type is neither JSON nor protobuf. */
  UNSUPPORTED_MEDIA_TYPE(415, "The content type is not supported", false),

  /** Every tick of the batch was rejected, so nothing was stored. Correct the ticks. */
  NOTHING_VALID(422, "No tick of the batch is valid", false),

  /** The tier's rate is used up. Retry the same sequence after Retry-After. */
  RATE_LIMITED(429, "The rate of the tier is exceeded", true),

  /**
   * A fault of the server's own; the request id finds it in the log. The outcome of a batch is
   * unknown: retry once.
   */
  INTERNAL(500, "The server failed", true),

  /**
   * It cannot be stored now, or there is no room in time or queue. Retry the same sequence after
   * Retry-After.
   */
  UNAVAILABLE(503, "The service is unavailable", true),

  /**
   * The time of the request ran out. A batch may or may not have been stored: retry the same
   * sequence, and it is counted once.
   */
  OUT_OF_TIME(504, "The time of the request ran out", true);

  private final int status;
  private final String title;
  private final boolean retryable;
  private final String code;

  ProblemCode(int status, String title, boolean retryable) {
    this.status = status;
    this.title = title;
    this.retryable = retryable;
    this.code = name().toLowerCase(Locale.ROOT);
  }

  /** What a client is told of a token's fault: that it is missing, late, or no good. */
  static ProblemCode of(TokenFault fault) {
    return switch (fault) {
      case MISSING -> TOKEN_MISSING;
      case EXPIRED -> TOKEN_EXPIRED;
      default -> TOKEN_INVALID;
    };
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** May the very same request succeed later? With the same sequence it is stored at most once. */
  boolean retryable() {
    return retryable;
  }

  /** The name a client switches on, such as {@code token_expired}. */
  public String code() {
    return code;
  }

  /** RFC 9457 {@code type}: an identifier, not an address to visit. */
  String type() {
    return "urn:sub30:problem:" + code;
  }
}
