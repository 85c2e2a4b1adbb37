package io.sub30.market;

import java.io.IOException;

/**
 * A row that is not of the format the file was said to have. The message names file, line, content
 * and what is wrong.
 */
public final class MalformedTickException extends IOException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_SHOWN_CHARS = 120;

  private final long line;

  MalformedTickException(String file, long line, String content, String problem) {
    super(file + " line " + line + ": " + problem + ": '" + shown(content) + "'");
    this.line = line;
  }

  /** Number of the row in its file, from 1. */
  public long line() {
    return line;
  }

  private static String shown(String content) {
    var shown = new StringBuilder();
    for (int i = 0; i < content.length() && i < MAX_SHOWN_CHARS; i++) {
      char c = content.charAt(i);
      // A terminal must not be steered by a file's bytes.
      shown.append(Character.isISOControl(c) && c != '\t' ? '?' : c);
    }
    return content.length() > MAX_SHOWN_CHARS ? shown + "..." : shown.toString();
  }
}
