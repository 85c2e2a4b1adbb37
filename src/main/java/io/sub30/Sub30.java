package io.sub30;

/** The entry point of the fat jar. */
public final class Sub30 {
  private Sub30() {}

  public static void main(String[] args) {}
}
