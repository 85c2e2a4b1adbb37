package io.sub30.trading;

/**
 * A condition over a frame of values. A comparison with NaN is false, and stays false under {@code
 * not}: negation is worked into the comparisons when the expression is compiled, so a rule never
 * fires on a value that is not there. Evaluation allocates nothing.
 */
sealed interface Condition extends Expression {

  boolean holds(double[] frame);

  /** The opposite comparison, which is as false on NaN as this one. */
  Condition negated();

  /** Of a strategy that never takes this side. */
  record Never() implements Condition {
    @Override
    public boolean holds(double[] frame) {
      return false;
    }

    @Override
    public Condition negated() {
      throw new IllegalStateException("never is not part of the language");
    }

    @Override
    public int nodes() {
      return 1;
    }

    @Override
    public boolean reads(int fromIndex, int toIndex) {
      return false;
    }

    @Override
    public String toString() {
      return "never";
    }
  }

  /** Two numbers compared; greater-than is less-than with its sides exchanged. */
  sealed interface Comparison extends Condition {
    Numeric left();

    Numeric right();

    @Override
    default int nodes() {
      return 1 + left().nodes() + right().nodes();
    }

    @Override
    default boolean reads(int fromIndex, int toIndex) {
      return left().reads(fromIndex, toIndex) || right().reads(fromIndex, toIndex);
    }
  }

  record Less(Numeric left, Numeric right) implements Comparison {
    @Override
    public boolean holds(double[] frame) {
      return left.value(frame) < right.value(frame);
    }

    @Override
    public Condition negated() {
      return new LessOrEqual(right, left);
    }

    @Override
    public String toString() {
      return "(" + left + " < " + right + ')';
    }
  }

  record LessOrEqual(Numeric left, Numeric right) implements Comparison {
    @Override
    public boolean holds(double[] frame) {
      return left.value(frame) <= right.value(frame);
    }

    @Override
    public Condition negated() {
      return new Less(right, left);
    }

    @Override
    public String toString() {
      return "(" + left + " <= " + right + ')';
    }
  }

  record Equal(Numeric left, Numeric right) implements Comparison {
    @Override
    public boolean holds(double[] frame) {
      return left.value(frame) == right.value(frame);
    }

    @Override
    public Condition negated() {
      return new Unequal(left, right);
    }

    @Override
    public String toString() {
      return "(" + left + " == " + right + ')';
    }
  }

  record Unequal(Numeric left, Numeric right) implements Comparison {
    @Override
    public boolean holds(double[] frame) {
      // Not "!=", which is true of NaN.
      double a = left.value(frame);
      double b = right.value(frame);
      return a < b || a > b;
    }

    @Override
    public Condition negated() {
      return new Equal(left, right);
    }

    @Override
    public String toString() {
      return "(" + left + " != " + right + ')';
    }
  }

  record Both(Condition left, Condition right) implements Condition {
    @Override
    public boolean holds(double[] frame) {
      return left.holds(frame) && right.holds(frame);
    }

    @Override
    public Condition negated() {
      return new Either(left.negated(), right.negated());
    }

    @Override
    public int nodes() {
      return 1 + left.nodes() + right.nodes();
    }

    @Override
    public boolean reads(int fromIndex, int toIndex) {
      return left.reads(fromIndex, toIndex) || right.reads(fromIndex, toIndex);
    }

    @Override
    public String toString() {
      return "(" + left + " and " + right + ')';
    }
  }

  record Either(Condition left, Condition right) implements Condition {
    @Override
    public boolean holds(double[] frame) {
      return left.holds(frame) || right.holds(frame);
    }

    @Override
    public Condition negated() {
      return new Both(left.negated(), right.negated());
    }

    @Override
    public int nodes() {
      return 1 + left.nodes() + right.nodes();
    }

    @Override
    public boolean reads(int fromIndex, int toIndex) {
      return left.reads(fromIndex, toIndex) || right.reads(fromIndex, toIndex);
    }

    @Override
    public String toString() {
      return "(" + left + " or " + right + ')';
    }
  }
}
