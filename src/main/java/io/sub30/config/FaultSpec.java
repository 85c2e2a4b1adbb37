package io.sub30.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is injected at one point, as in {@code
 * delay=50ms,distribution=exponential,share=0.5,fail=0.1}.
 *
 * @param delay 0 to 10 s: the delay, the longest delay or the mean, as the distribution says
 * @param distribution of the delays
 * @param share of all calls that are affected, 0 to 1
 * @param fail share of the affected calls that fail instead of being served, 0 to 1
 */
public record FaultSpec(Duration delay, DelayDistribution distribution, double share, double fail) {

  /** What would be right, for messages. */
  public static final String FORM =
      "a fault like delay=50ms or delay=50ms,distribution=exponential,share=0.5,fail=0.1";

  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final List<String> KEYS = List.of("delay", "distribution", "share", "fail");
  private static final Pattern FRACTION = Pattern.compile("\\d(\\.\\d{1,9})?|\\.\\d{1,9}");

  /**
   * @throws IllegalArgumentException naming the value and its range
   */
  public FaultSpec {
    if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("delay is " + delay + ", it must be from 0 to " + LONGEST);
    }
    fraction("share", share);
    fraction("fail", fail);
  }

  /**
   * Reads the text of a configuration or of an operator.
   *
   * @throws IllegalArgumentException saying what is wrong with which part
   */
  public static FaultSpec parse(String text) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String key = (equals < 0 ? part : part.substring(0, equals)).strip();
      if (equals < 0 || !KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "'"
                + ConfigTree.shorten(part.strip())
                + "' is none of delay=, distribution=, share=,"
                + " fail=");
      }
      if (given.put(key, part.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException(key + " is given twice");
      }
    }
    if (!given.containsKey("delay") && !given.containsKey("fail")) {
      throw new IllegalArgumentException("it injects nothing without delay= or fail=");
    }
    if (given.containsKey("distribution") && !given.containsKey("delay")) {
      throw new IllegalArgumentException("distribution is that of a delay, but there is no delay=");
    }
    return new FaultSpec(
        delay(given.getOrDefault("delay", "0ms")),
        distribution(given.getOrDefault("distribution", DelayDistribution.FIXED.label())),
        fraction("share", given.getOrDefault("share", "1")),
        fraction("fail", given.getOrDefault("fail", "0")));
  }

  private static Duration delay(String text) {
    return ConfigReader.parseDuration(text)
        .filter(delay -> delay.compareTo(LONGEST) <= 0)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "delay is "
                        + ConfigTree.shorten(text)
                        + ", it must be a duration with a unit (us, ms, s) from 0ms to 10s"));
  }

  private static DelayDistribution distribution(String text) {
    for (DelayDistribution distribution : DelayDistribution.values()) {
      if (distribution.label().equals(text)) {
        return distribution;
      }
    }
    throw new IllegalArgumentException(
        "distribution is "
            + ConfigTree.shorten(text)
            + ", it must be fixed, uniform or exponential");
  }

  private static double fraction(String key, String text) {
    if (!FRACTION.matcher(text).matches()) {
      throw new IllegalArgumentException(
          key + " is " + ConfigTree.shorten(text) + ", it must be a number from 0 to 1");
    }
    return Double.parseDouble(text);
  }

  private static void fraction(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          key + " is " + plain(value) + ", it must be a number from 0 to 1");
    }
  }

  /** The same as {@link #parse} reads it, without what is the default. */
  public String text() {
    StringBuilder text = new StringBuilder();
    if (!delay.isZero() || fail == 0) {
      text.append(",delay=").append(ConfigReader.show(delay));
      if (distribution != DelayDistribution.FIXED) {
        text.append(",distribution=").append(distribution.label());
      }
    }
    if (share != 1) {
      text.append(",share=").append(plain(share));
    }
    if (fail != 0) {
      text.append(",fail=").append(plain(fail));
    }
    return text.substring(1);
  }

  private static String plain(double value) {
    return Double.isFinite(value)
        ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
        : String.valueOf(value);
  }
}
