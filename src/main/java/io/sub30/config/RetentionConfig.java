package io.sub30.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long each store keeps what a tenant sent and was answered.
 *
 * @param intake the system of record: batches, their keys and signals
 * @param columnar the columnar store: ticks, bars and batches
 */
public record RetentionConfig(Kept intake, Kept columnar) {

  /** Tenants that one key may name. */
  public static final int MAX_TENANTS = 1_000;

  private static final Duration LEAST = Duration.ofHours(1);
  private static final Duration MOST = Duration.ofDays(36_500);
  private static final String RANGE = "0s (for ever), or 1h to 36500d";

  private static final Pattern DAYS = Pattern.compile("(\\d{1,6})d");
  private static final Pattern TENANT =
      Pattern.compile("([a-z0-9_-]{1,64})\\s*=\\s*(\\w+)"); // as a token's tenant is spelled

  /**
   * The times of one store.
   *
   * @param others of a tenant that is not named; zero: for ever
   * @param tenants of those that are, at most {@value #MAX_TENANTS}
   */
  public record Kept(Duration others, Map<String, Duration> tenants) {

    public Kept {
      tenants = Map.copyOf(tenants);
    }

    /** Of that tenant; zero: for ever. */
    public Duration of(String tenant) {
      return tenants.getOrDefault(tenant, others);
    }

    /** Whether anything ever expires. */
    public boolean isOn() {
      return !others.isZero() || tenants.values().stream().anyMatch(kept -> !kept.isZero());
    }

    /**
     * What a tenant sent before this moment has expired.
     *
     * @return ms since the epoch, UTC; 0, before which nothing was sent, when it is kept for ever
     */
    public long beforeMsc(String tenant, long nowMsc) {
      return beforeMsc(of(tenant), nowMsc);
    }

    /** Likewise, of a tenant that is not named. */
    public long othersBeforeMsc(long nowMsc) {
      return beforeMsc(others, nowMsc);
    }

    private static long beforeMsc(Duration kept, long nowMsc) {
      return kept.isZero() ? 0 : Math.max(0, nowMsc - kept.toMillis());
    }
  }

  static RetentionConfig from(ConfigReader in) {
    return new RetentionConfig(kept(in, "retention.intake"), kept(in, "retention.columnar"));
  }

  private static Kept kept(ConfigReader in, String key) {
    Duration others =
        parse(in.text(key)).orElseThrow(() -> in.refuse(key, RANGE + ", for example 90d"));
    return new Kept(others, tenants(in, key + "_tenants"));
  }

  private static Map<String, Duration> tenants(ConfigReader in, String key) {
    String form = "tenants with their times, separated by commas, as in acme=30d,beta=0s; " + RANGE;
    Map<String, Duration> tenants = new TreeMap<>();
    String text = in.text(key);
    if (text.isEmpty()) {
      return tenants;
    }
    for (String part : text.split(",", -1)) {
      Matcher matcher = TENANT.matcher(part.strip());
      if (!matcher.matches()) {
        throw in.refuse(key, form);
      }
      Duration kept = parse(matcher.group(2)).orElseThrow(() -> in.refuse(key, form));
      if (tenants.put(matcher.group(1), kept) != null) {
        throw in.refuse(key, "a list that names " + matcher.group(1) + " once");
      }
      if (tenants.size() > MAX_TENANTS) {
        throw in.refuse(key, "a list of at most " + MAX_TENANTS + " tenants");
      }
    }
    return tenants;
  }

  private static Optional<Duration> parse(String text) {
    Matcher days = DAYS.matcher(text);
    Optional<Duration> value =
        days.matches()
            ? Optional.of(Duration.ofDays(Long.parseLong(days.group(1))))
            : ConfigReader.parseDuration(text);
    return value.filter(
        kept -> kept.isZero() || (kept.compareTo(LEAST) >= 0 && kept.compareTo(MOST) <= 0));
  }
}
