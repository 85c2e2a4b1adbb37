package io.sub30.database.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class CacheKeyTest {

  @Test
  void of_plainParts_staysReadable() {
    assertThat(CacheKey.of("acme", "prediction", "EURUSD.m"))
        .isEqualTo("sub30:acme:prediction:EURUSD.m");
  }

  @Test
  void of_separatorsWithinParts_areEncoded() {
    assertThat(CacheKey.of("a:b", "c%3A", "€*")).isEqualTo("sub30:a%3Ab:c%253A:%E2%82%AC%2A");
    assertThat(CacheKey.of("a", "b:c", "d")).isNotEqualTo(CacheKey.of("a:b", "c", "d"));
  }

  @Test
  void of_boundaries_refusesEmptyLongAndBrokenParts() {
    String longest = "x".repeat(CacheKey.MAX_PART_LENGTH);
    assertThat(CacheKey.of(longest, "k", "v")).contains(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.of(longest + "x", "k", "v"));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.of("", "k", "v"));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.of("t", "", "v"));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.of("t", "k", ""));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.of("t", "k", "a\ud800"));
  }

  @Property
  void of_differentTriples_makeDifferentKeys(
      @ForAll("triples") List<String> one, @ForAll("triples") List<String> other) {
    boolean sameKey = key(one).equals(key(other));
    assertThat(sameKey).isEqualTo(one.equals(other));
  }

  @Property
  void of_anyTriple_hasFourPartsOfSafeCharacters(@ForAll("triples") List<String> triple) {
    assertThat(key(triple)).matches("sub30(:[A-Za-z0-9._%-]+){3}");
  }

  @Provide
  Arbitrary<List<String>> triples() {
    Arbitrary<String> part =
        Arbitraries.strings().withChars("a:%3A{}*\n€é").ofMinLength(1).ofMaxLength(4);
    return Combinators.combine(part, part, part).as(List::of);
  }

  private static String key(List<String> triple) {
    return CacheKey.of(triple.get(0), triple.get(1), triple.get(2));
  }
}
