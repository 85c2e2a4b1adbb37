package io.sub30.database.columnar;

import java.util.List;

/** What the relay asks of the intake, for tests of other packages. */
public final class RelayStatements {

  private RelayStatements() {}

  public static List<String> all() {
    return List.of(IntakeReader.PAGE, IntakeReader.NEWEST, IntakeReader.BACKLOG);
  }
}
