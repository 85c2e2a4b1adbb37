package io.sub30.ml;

import java.util.regex.Pattern;

/**
 * Which model: a folder's name and the version below it.
 *
 * @param name 1 to 64 of a-z, 0-9 and dash
 * @param version from 1
 */
public record ModelId(String name, int version) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  /**
   * Checks both parts, which become a path.
   *
   * @throws IllegalArgumentException naming the part and what is allowed
   */
  public ModelId {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "model name '" + name + "': must be 1 to 64 of a-z, 0-9 and dash");
    }
    if (version < 1) {
      throw new IllegalArgumentException("model version " + version + ": must be 1 or more");
    }
  }

  /** Reads {@code name/version}. */
  public static ModelId parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("model '" + text + "': must be name/version");
    }
    try {
      return new ModelId(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("model '" + text + "': the version must be a number", e);
    }
  }

  @Override
  public String toString() {
    return name + "/" + version;
  }
}
