package io.sub30.budget;

/**
 * Requests that take about the same time: one tier, about as many items, asking for the same parts.
 * A class is an index, so that estimates are arrays; there are {@value #COUNT} whatever the tenants
 * do.
 */
public final class RequestClass {

  /** Sizes end at these numbers of items; the last class has no end. */
  private static final int[] SIZES = {50, 500, 2_000};

  private static final int FIDELITIES = 2;

  /** How many classes there are. */
  public static final int COUNT = 3 * (3 + 1) * FIDELITIES;

  private RequestClass() {}

  /**
   * The class of a request, 0 to {@value #COUNT} - 1.
   *
   * @param items what its size is measured by, from 0
   * @param everything whether it asks for all there is, or for the mandatory part only
   */
  public static int of(Tier tier, int items, boolean everything) {
    int size = 0;
    while (size < SIZES.length && items > SIZES[size]) {
      size++;
    }
    return (tier.ordinal() * (SIZES.length + 1) + size) * FIDELITIES + (everything ? 1 : 0);
  }

  /** The tier of a class. */
  public static Tier tierOf(int requestClass) {
    return Tier.ofOrdinal(requestClass / FIDELITIES / (SIZES.length + 1));
  }

  /** What a class is called for people: tier, size, fidelity. */
  public static String describe(int requestClass) {
    int size = requestClass / FIDELITIES % (SIZES.length + 1);
    return tierOf(requestClass).label()
        + (size < SIZES.length ? " up to " + SIZES[size] : " above " + SIZES[SIZES.length - 1])
        + (requestClass % FIDELITIES == 1 ? " full" : " minimal");
  }
}
