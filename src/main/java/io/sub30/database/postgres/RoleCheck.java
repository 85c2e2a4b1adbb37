package io.sub30.database.postgres;

import io.sub30.config.ConfigException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whether the configured user can have the schema's roles. Blocking. */
final class RoleCheck {

  /** A role that is missing can be made with CREATEROLE; one that is there has to be granted. */
  private static final String OUT_OF_REACH =
      """
      select w.name, r.oid is not null, current_user
      from unnest(?::text[]) with ordinality as w(name, place)
      join pg_roles me on me.rolname = current_user
      left join pg_roles r on r.rolname = w.name
      where not me.rolsuper
        and case when r.oid is null then not me.rolcreaterole
                 else not (pg_has_role(current_user, r.oid, 'SET')
                           or pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION')) end
      order by w.place
      """;

  private RoleCheck() {}

  /**
   * Refuses a user who lacks a role and cannot get it.
   *
   * @throws ConfigException naming user and roles, and what would be right
   */
  static void refuseWithoutRoles(PostgresUri server, Connection connection) throws SQLException {
    List<String> missing = new ArrayList<>();
    List<String> foreign = new ArrayList<>();
    String user = server.user();
    try (PreparedStatement select = connection.prepareStatement(OUT_OF_REACH)) {
      String[] names = Arrays.stream(Role.values()).map(Role::sqlName).toArray(String[]::new);
      select.setArray(1, connection.createArrayOf("text", names));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          (rows.getBoolean(2) ? foreign : missing).add(rows.getString(1));
          user = rows.getString(3);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new ConfigException(
          refused(server, user)
              + " may not create roles, and there is no "
              + String.join(", ", missing)
              + "; it must have CREATEROLE, or be granted these roles WITH SET TRUE");
    }
    if (!foreign.isEmpty()) {
      throw new ConfigException(
          refused(server, user)
              + " may not become "
              + String.join(", ", foreign)
              + ", which somebody else has made; it must be granted these roles WITH SET TRUE");
    }
  }

  private static String refused(PostgresUri server, String user) {
    return "postgres.uri: the user " + user + " of the server at " + server;
  }
}
