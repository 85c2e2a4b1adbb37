package io.sub30.budget;

import java.io.IOException;

/** A file is not one of recorded ledgers. The message names the file and what it should hold. */
public final class LedgerFormatException extends IOException {

  private static final long serialVersionUID = 1;

  LedgerFormatException(String message) {
    super(message);
  }

  LedgerFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
