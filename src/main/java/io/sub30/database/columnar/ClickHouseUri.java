package io.sub30.database.columnar;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** One ClickHouse server and database. The password is never part of a printed form. */
public final class ClickHouseUri {

  private static final int DEFAULT_PORT = 8123;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

  private final String host;
  private final int port;
  private final String database;
  private final String user;
  private final String password;

  /**
   * Reads {@code http://user:password@host:port/database}; what is percent-encoded is decoded.
   *
   * @throws IllegalArgumentException when the database's name is not a plain one
   */
  public ClickHouseUri(URI uri) {
    String info = uri.getRawUserInfo() == null ? "default" : uri.getRawUserInfo();
    int colon = info.indexOf(':');
    this.host = uri.getHost();
    this.port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    this.user = decode(colon < 0 ? info : info.substring(0, colon));
    this.password = colon < 0 ? "" : decode(info.substring(colon + 1));
    String path = uri.getPath() == null ? "" : uri.getPath();
    this.database = path.length() <= 1 ? "default" : path.substring(1);
    if (!NAME.matcher(database).matches()) {
      throw new IllegalArgumentException(
          "the database '" + database + "' must be a plain name: letters, digits, underscores");
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  String database() {
    return database;
  }

  String user() {
    return user;
  }

  String password() {
    return password;
  }

  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
