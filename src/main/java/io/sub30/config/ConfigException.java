package io.sub30.config;

/**
 * The configuration, or what it points at, is wrong. The message is the one line the user sees: it
 * names what is wrong and what would be right. Ends the process with exit code 2.
 */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
