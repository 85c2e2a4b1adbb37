package io.sub30;

import io.sub30.cli.CommandLineInterface;

/** The entry point of the fat jar. */
public final class Sub30 {

  private Sub30() {}

  public static void main(String[] args) {
    System.exit(CommandLineInterface.execute(args));
  }
}
