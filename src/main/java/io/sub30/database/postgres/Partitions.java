package io.sub30.database.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weeks the intake is divided into. Weeks, since a statement that cannot name a time looks into
 * each of them: fifty a year, not hundreds. Blocking, on a connection of the schema's owner.
 */
final class Partitions {

  private static final Logger log = LoggerFactory.getLogger(Partitions.class);

  /** Made ahead, in weeks. The process looks again twice a day, so there is time to mend it. */
  static final int WEEKS_AHEAD = 8;

  private Partitions() {}

  /** Sees to it that the coming weeks have a partition. */
  static void ahead(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet made =
          statement.executeQuery("select tick_batches_ahead(" + WEEKS_AHEAD + ")")) {
        made.next();
        if (made.getInt(1) > 0) {
          log.info("made {} partitions of the intake", made.getInt(1));
        }
      }
      for (SQLWarning said = statement.getWarnings(); said != null; said = said.getNextWarning()) {
        log.warn("the intake's weeks: {}", said.getMessage());
      }
    }
  }
}
