package io.sub30.gateway.identity;

import io.sub30.gateway.text.Identifiers;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tokens that are not believed any more although they are signed and have not expired. Immutable.
 *
 * <p>One a line: {@code token JTI}, or {@code tenant NAME INSTANT} for all tokens of the tenant
 * issued before it; a {@code #} where a word could begin begins a comment.
 */
final class Revocations {
  /** Most lines that say something. */
  static final int MAX_ENTRIES = 100_000;

  // Inside a word it is part of somebody's token id.
  private static final Pattern COMMENT = Pattern.compile("(?:^|\\s)#.*");

  static final Revocations NONE = new Revocations(Set.of(), Map.of());

  private final Set<String> tokenIds;
  private final Map<String, Long> issuedBeforeMillis;

  private Revocations(Set<String> tokenIds, Map<String, Long> issuedBeforeMillis) {
    this.tokenIds = tokenIds;
    this.issuedBeforeMillis = issuedBeforeMillis;
  }

  /**
   * Reads a list.
   *
   * @throws IOException naming the line and what would be right: half a list would let tokens
   *     through
   */
  static Revocations read(String text) throws IOException {
    Set<String> tokenIds = new HashSet<>();
    Map<String, Long> issuedBeforeMillis = new HashMap<>();
    int number = 0;
    int entries = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String entry = COMMENT.matcher(line).replaceFirst("").strip();
      if (entry.isEmpty()) {
        continue;
      }
      if (++entries > MAX_ENTRIES) {
        throw new IOException("it has more than " + MAX_ENTRIES + " entries");
      }
      String[] words = entry.split("\\s+", -1);
      if (words.length == 2 && words[0].equals("token")) {
        tokenIds.add(words[1]);
      } else if (words.length == 3 && words[0].equals("tenant") && Identifiers.isTenant(words[1])) {
        issuedBeforeMillis.merge(words[1], instant(words[2], number), Math::max);
      } else {
        throw unreadable(number);
      }
    }
    return new Revocations(Set.copyOf(tokenIds), Map.copyOf(issuedBeforeMillis));
  }

  private static long instant(String text, int line) throws IOException {
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw unreadable(line);
    }
  }

  private static IOException unreadable(int line) {
    return new IOException(
        "line "
            + line
            + " is neither 'token JTI' nor 'tenant NAME INSTANT' with an instant like"
            + " 2026-01-31T12:00:00Z");
  }

  int size() {
    return tokenIds.size() + issuedBeforeMillis.size();
  }

  boolean isRevoked(Principal principal) {
    String tokenId = principal.tokenId();
    if (tokenId != null && tokenIds.contains(tokenId)) {
      return true;
    }
    Long before = issuedBeforeMillis.get(principal.tenant());
    // Who does not say when it was issued has Long.MIN_VALUE, which is before any instant.
    return before != null && principal.issuedAtMillis() < before;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Revocations that
        && tokenIds.equals(that.tokenIds)
        && issuedBeforeMillis.equals(that.issuedBeforeMillis);
  }

  @Override
  public int hashCode() {
    return 31 * tokenIds.hashCode() + issuedBeforeMillis.hashCode();
  }
}
