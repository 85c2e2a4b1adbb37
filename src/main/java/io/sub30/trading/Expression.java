package io.sub30.trading;

/**
 * A compiled expression: a number or a condition. Printing one gives its canonical text, in which
 * every operation stands in parentheses.
 */
sealed interface Expression permits Numeric, Condition {

  /** How many nodes the tree has, itself included. */
  int nodes();

  /** Whether some node reads a value of the frame between these indices. */
  boolean reads(int fromIndex, int toIndex);
}
