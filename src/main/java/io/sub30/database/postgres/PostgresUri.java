package io.sub30.database.postgres;

import io.vertx.pgclient.PgConnectOptions;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** One server, for both kinds of client. The password is never part of a printed form. */
public final class PostgresUri {

  private static final int MAX_CACHED_SQL = 16_384;

  private final String host;
  private final int port;
  private final String database;
  private final String user;
  private final String password;

  /**
   * Reads {@code postgresql://user:password@host:port/database}; what is percent-encoded is
   * decoded.
   */
  public PostgresUri(URI uri) {
    String info = uri.getRawUserInfo() == null ? "postgres" : uri.getRawUserInfo();
    int colon = info.indexOf(':');
    this.host = uri.getHost();
    this.port = uri.getPort() < 0 ? 5432 : uri.getPort();
    this.user = decode(colon < 0 ? info : info.substring(0, colon));
    this.password = colon < 0 ? "" : decode(info.substring(colon + 1));
    String path = uri.getPath() == null ? "" : uri.getPath();
    this.database = path.length() <= 1 ? user : path.substring(1);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** For the reactive client, as that role from the first statement on. */
  public PgConnectOptions connectOptions(Role role) {
    return new PgConnectOptions()
        .setHost(host)
        .setPort(port)
        .setDatabase(database)
        .setUser(user)
        .setPassword(password)
        .setCachePreparedStatements(true)
        // The default leaves out statements of more than 2,048 characters, such as the commit.
        .setPreparedStatementCacheSqlFilter(sql -> sql.length() <= MAX_CACHED_SQL)
        .setPipeliningLimit(64)
        // The statements are long and their parameters arrays: planning them anew takes longer than
        // running them.
        .addProperty("plan_cache_mode", "force_generic_plan")
        .addProperty("role", role.sqlName())
        .setReconnectAttempts(0);
  }

  String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database;
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
