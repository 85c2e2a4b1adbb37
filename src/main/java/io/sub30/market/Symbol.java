package io.sub30.market;

import java.util.List;

/**
 * One instrument under its canonical name.
 *
 * @param name canonical name, such as {@code EURUSD}
 * @param digits decimals of a price, 0 to 10
 * @param point smallest price step, price units
 * @param pip what traders count moves in, price units, at least one point
 * @param typicalSpread spread assumed for sources that report trades only, price units
 * @param maxJumpSigma a move beyond this many expected standard deviations is quarantined
 * @param contractSize units of the base in one lot
 * @param minLot smallest order, lots
 * @param lotStep step between order sizes, lots
 * @param aliases other names; {@code %d} stands for one decimal digit
 */
public record Symbol(
    String name,
    int digits,
    double point,
    double pip,
    double typicalSpread,
    double maxJumpSigma,
    double contractSize,
    double minLot,
    double lotStep,
    List<String> aliases) {

  /**
   * @throws IllegalArgumentException naming the value out of range and the range
   */
  public Symbol {
    if (name.isEmpty() || name.length() > Symbols.MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          "name '" + name + "' must have 1 to " + Symbols.MAX_NAME_CHARS + " characters");
    }
    if (digits < 0 || digits > 10) {
      throw new IllegalArgumentException("digits is " + digits + " but must be 0 to 10");
    }
    positive("point", point);
    positive("pip", pip);
    positive("typical_spread", typicalSpread);
    positive("max_jump_sigma", maxJumpSigma);
    positive("contract_size", contractSize);
    positive("min_lot", minLot);
    positive("lot_step", lotStep);
    if (pip < point) {
      throw new IllegalArgumentException("pip is " + pip + " but must be at least point " + point);
    }
    aliases = List.copyOf(aliases);
  }

  private static void positive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(key + " is " + value + " but must be above 0");
    }
  }
}
