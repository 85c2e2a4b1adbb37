package io.sub30;

import io.sub30.cli.CommandLineInterface;
import io.sub30.cli.Logs;
import io.sub30.launch.Relaunch;

/** The entry point of the fat jar. */
public final class Sub30 {

  private Sub30() {}

  public static void main(String[] args) {
    Relaunch.withArchive(Sub30.class, args);
    int status = CommandLineInterface.execute(args);
    Logs.close();
    System.exit(status);
  }
}
