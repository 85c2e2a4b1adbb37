package io.sub30.trading;

/**
 * A number computed from a frame of values. NaN stands for "there is no such value" and spreads
 * through arithmetic. Evaluation allocates nothing.
 */
sealed interface Numeric extends Expression {

  double value(double[] frame);

  record Constant(double number) implements Numeric {
    @Override
    public double value(double[] frame) {
      return number;
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
      return Double.toString(number);
    }
  }

  /** A value of the frame. */
  record Variable(String name, int index) implements Numeric {
    @Override
    public double value(double[] frame) {
      return frame[index];
    }

    @Override
    public int nodes() {
      return 1;
    }

    @Override
    public boolean reads(int fromIndex, int toIndex) {
      return index >= fromIndex && index < toIndex;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  record Negation(Numeric of) implements Numeric {
    @Override
    public double value(double[] frame) {
      return -of.value(frame);
    }

    @Override
    public int nodes() {
      return 1 + of.nodes();
    }

    @Override
    public boolean reads(int fromIndex, int toIndex) {
      return of.reads(fromIndex, toIndex);
    }

    @Override
    public String toString() {
      return "(-" + of + ')';
    }
  }

  record Absolute(Numeric of) implements Numeric {
    @Override
    public double value(double[] frame) {
      return Math.abs(of.value(frame));
    }

    @Override
    public int nodes() {
      return 1 + of.nodes();
    }

    @Override
    public boolean reads(int fromIndex, int toIndex) {
      return of.reads(fromIndex, toIndex);
    }

    @Override
    public String toString() {
      return "abs(" + of + ')';
    }
  }

  /** Two numbers made one. */
  sealed interface Pair extends Numeric {
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

  record Sum(Numeric left, Numeric right) implements Pair {
    @Override
    public double value(double[] frame) {
      return left.value(frame) + right.value(frame);
    }

    @Override
    public String toString() {
      return "(" + left + " + " + right + ')';
    }
  }

  record Difference(Numeric left, Numeric right) implements Pair {
    @Override
    public double value(double[] frame) {
      return left.value(frame) - right.value(frame);
    }

    @Override
    public String toString() {
      return "(" + left + " - " + right + ')';
    }
  }

  record Product(Numeric left, Numeric right) implements Pair {
    @Override
    public double value(double[] frame) {
      return left.value(frame) * right.value(frame);
    }

    @Override
    public String toString() {
      return "(" + left + " * " + right + ')';
    }
  }

  /** Division by zero has no value, so that no rule fires on an infinity. */
  record Quotient(Numeric left, Numeric right) implements Pair {
    @Override
    public double value(double[] frame) {
      double divisor = right.value(frame);
      return divisor == 0 ? Double.NaN : left.value(frame) / divisor;
    }

    @Override
    public String toString() {
      return "(" + left + " / " + right + ')';
    }
  }

  record Least(Numeric left, Numeric right) implements Pair {
    @Override
    public double value(double[] frame) {
      return Math.min(left.value(frame), right.value(frame));
    }

    @Override
    public String toString() {
      return "min(" + left + ", " + right + ')';
    }
  }

  record Greatest(Numeric left, Numeric right) implements Pair {
    @Override
    public double value(double[] frame) {
      return Math.max(left.value(frame), right.value(frame));
    }

    @Override
    public String toString() {
      return "max(" + left + ", " + right + ')';
    }
  }
}
