package io.sub30.database;

import io.sub30.bus.FailureCode;
import io.sub30.bus.HopFailure;
import io.sub30.database.postgres.UnreadableRow;
import io.vertx.pgclient.PgException;
import java.util.Set;

/** Whether a failure says something about the server, or only about what it was asked to do. */
final class ServerFault {

  /**
   * Classes of SQLSTATE a healthy server answers with: data exceptions, violated constraints,
   * transactions that got in each other's way, a check option, a statement beyond a limit. See
   * appendix A of PostgreSQL's manual. All others (no resources, no connection, shut down, read
   * only, no such table) would meet the next request as well.
   */
  private static final Set<String> ABOUT_THE_STATEMENT = Set.of("22", "23", "40", "44", "54");

  private ServerFault() {}

  /** False when the server answered as it should, and the next request may well succeed. */
  static boolean tells(Throwable failure) {
    if (failure instanceof PgException reported) {
      String state = reported.getSqlState();
      return state.length() < 2 || !ABOUT_THE_STATEMENT.contains(state.substring(0, 2));
    }
    if (failure instanceof HopFailure hop) {
      return hop.code() == FailureCode.LATE || hop.code() == FailureCode.UNAVAILABLE;
    }
    return !(failure instanceof UnreadableRow);
  }
}
