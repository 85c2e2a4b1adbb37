package io.sub30.ml;

/**
 * A model was not accepted. The message says which file, what was found and what would be right.
 * The model that was active before stays active.
 */
public final class ModelRefused extends Exception {

  private static final long serialVersionUID = 1;

  ModelRefused(String message) {
    super(message);
  }

  ModelRefused(String message, Throwable cause) {
    super(message, cause);
  }

  /** The message, which is always there. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
