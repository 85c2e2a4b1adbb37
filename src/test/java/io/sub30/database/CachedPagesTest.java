package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sub30.budget.BreakerLimits;
import io.sub30.budget.FakeNanoClock;
import io.sub30.database.cache.CacheOptions;
import io.sub30.database.cache.TieredCache;
import io.sub30.v1.CachedPage;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.RecordedSignal;
import io.sub30.v1.Signal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CachedPagesTest {

  private static final long TTL_MILLIS = 60_000;
  private static final ListSignalsRequest QUERY =
      ListSignalsRequest.newBuilder().setSymbol("EURUSD").setLimit(10).build();

  private final FakeNanoClock nanos = new FakeNanoClock(Long.MAX_VALUE - 5);
  private long epochMillis = 1_767_614_400_000L;
  private final TieredCache cache =
      TieredCache.local(CacheOptions.with(BreakerLimits.DEFAULT), nanos);
  private final CachedPages pages = new CachedPages(cache, () -> epochMillis, TTL_MILLIS);

  @Test
  void find_kept_isThatPageFromTheCacheWithItsAge() {
    pages.keep("acme", QUERY, page("s1", 0));
    pass(1_234);

    ListSignalsResponse found = find("acme", QUERY).orElseThrow();
    assertThat(found.getSource()).isEqualTo("cache");
    assertThat(found.getAgeMs()).isEqualTo(1_234);
    assertThat(found.getAsOfMsc()).isEqualTo(epochMillis - 1_234);
    assertThat(found.getItems(0).getSignal().getId()).isEqualTo("s1");
    assertThat(found.getNext()).isEqualTo("more");
  }

  @Test
  void find_aroundItsTimeToLive_endsExactlyThen() {
    pages.keep("acme", QUERY, page("s1", 0));
    pass(TTL_MILLIS - 1);
    assertThat(find("acme", QUERY)).map(ListSignalsResponse::getAgeMs).hasValue(TTL_MILLIS - 1);
    pass(1);
    assertThat(find("acme", QUERY)).isEmpty();
  }

  @Test
  void find_pageOfALaggingReplica_livesShorterByItsAge() {
    pages.keep("acme", QUERY, page("s1", 1_500));
    pass(TTL_MILLIS - 1_501);
    assertThat(find("acme", QUERY)).map(ListSignalsResponse::getAgeMs).hasValue(TTL_MILLIS - 1);
    pass(1);
    assertThat(find("acme", QUERY)).isEmpty();
  }

  /** Redis may have it from a process whose monotonic clock says nothing here. */
  @Test
  void find_wallClockAlonePassesTheEnd_isNotServed() {
    pages.keep("acme", QUERY, page("s1", 0));
    epochMillis += TTL_MILLIS - 1;
    assertThat(find("acme", QUERY)).isPresent();
    epochMillis += 1;
    assertThat(find("acme", QUERY)).isEmpty();
  }

  @Test
  void find_wallClockSetBack_endsByTheCachesClockAndIsNeverNegative() {
    pages.keep("acme", QUERY, page("s1", 0));
    epochMillis -= 3_600_000;
    assertThat(find("acme", QUERY)).map(ListSignalsResponse::getAgeMs).hasValue(0L);
    nanos.advanceNanos(TTL_MILLIS * 1_000_000);
    assertThat(find("acme", QUERY)).isEmpty();
  }

  @Test
  void keep_tooOldOrSwitchedOff_isNotKept() {
    pages.keep("acme", QUERY, page("s1", TTL_MILLIS));
    assertThat(find("acme", QUERY)).isEmpty();

    CachedPages off = new CachedPages(cache, () -> epochMillis, 0);
    off.keep("acme", QUERY, page("s1", 0));
    assertThat(off.find("acme", QUERY).result()).isEmpty();
  }

  @Test
  void keep_largerThanTheCacheTakes_isNotKept() {
    RecordedSignal large =
        RecordedSignal.newBuilder()
            .setSignal(Signal.newBuilder().setId("x".repeat(TieredCache.MAX_VALUE_BYTES)))
            .build();
    pages.keep("acme", QUERY, page("s1", 0).toBuilder().addItems(large).build());
    assertThat(find("acme", QUERY)).isEmpty();
  }

  @Test
  void find_anyOtherQuery_isNothing() {
    pages.keep("acme", QUERY, page("s1", 0));

    for (ListSignalsRequest other :
        List.of(
            ListSignalsRequest.getDefaultInstance(),
            QUERY.toBuilder().setSymbol("GBPUSD").build(),
            QUERY.toBuilder().setTerminal("t").build(),
            QUERY.toBuilder().setSinceMsc(1).build(),
            QUERY.toBuilder().setLimit(11).build(),
            QUERY.toBuilder().setCursor("AAAA").build(),
            // The same letters, divided otherwise.
            QUERY.toBuilder().setSymbol("EUR").setTerminal("USD").build())) {
      assertThat(find("acme", other)).as(other.toString()).isEmpty();
    }
    assertThat(find("acme", QUERY)).isPresent();
  }

  @Test
  void find_longestQuery_isKeptToo() {
    ListSignalsRequest longest =
        ListSignalsRequest.newBuilder()
            .setSymbol("€".repeat(32))
            .setTerminal("t".repeat(64))
            .setSinceMsc(Long.MAX_VALUE)
            .setLimit(500)
            .setCursor("c".repeat(128))
            .build();
    pages.keep("acme", longest, page("s1", 0));
    assertThat(find("acme", longest)).isPresent();
  }

  /** Names made of whatever separates and escapes the parts of a key. */
  @Provide
  Arbitrary<String> hostileNames() {
    return Arbitraries.strings()
        .withChars(":%3A/\\*\0 \n.-_sigalcm")
        .ofMinLength(1)
        .ofMaxLength(12);
  }

  @Property
  void find_otherTenantWithAHostileName_neverGetsThePage(
      @ForAll("hostileNames") String owner, @ForAll("hostileNames") String other) {
    Assume.that(!owner.equals(other));
    // All tries share this object: what an earlier one kept would be found.
    TieredCache empty = TieredCache.local(CacheOptions.with(BreakerLimits.DEFAULT), nanos);
    CachedPages own = new CachedPages(empty, () -> epochMillis, TTL_MILLIS);
    own.keep(owner, QUERY, page("s1", 0));
    assertThat(own.find(other, QUERY).result()).isEmpty();
    assertThat(own.find(owner, QUERY).result()).isPresent();
  }

  @Property
  void find_tenantThatSpellsAnothersKey_neverGetsThePage(@ForAll("hostileNames") String name) {
    pages.keep("acme", QUERY, page("s1", 0));
    for (String hostile :
        List.of(
            "acme:signals:" + name,
            "acme%3Asignals" + name,
            "acme\0" + name,
            name + ":acme",
            "sub30:acme:signals:" + name,
            "ACME" + name,
            "acme " + name)) {
      assertThat(find(hostile, QUERY)).as(hostile).isEmpty();
    }
  }

  /** Whoever can write into Redis must not be able to move a page from one tenant to another. */
  @Test
  void find_entryOfAnotherTenantUnderTheKey_isNotServed() {
    pages.keep("acme", QUERY, page("s1", 0));
    ByteString entry =
        CachedPage.newBuilder()
            .setTenant("victim")
            .setRequest(QUERY)
            .setPage(page("secret", 0))
            .build()
            .toByteString();
    cache.put("acme", "signals", keyOf(QUERY), entry, TTL_MILLIS);

    assertThat(find("acme", QUERY)).isEmpty();
  }

  @Test
  void find_entryThatIsNoPage_isNotServed() {
    cache.put("acme", "signals", keyOf(QUERY), ByteString.copyFromUtf8("\7garbage"), TTL_MILLIS);
    assertThat(find("acme", QUERY)).isEmpty();
  }

  /** The key as it is documented, made independently. */
  private static String keyOf(ListSignalsRequest query) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(query.toByteArray()));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void pass(long millis) {
    epochMillis += millis;
    nanos.advanceNanos(millis * 1_000_000);
  }

  private Optional<ListSignalsResponse> find(String tenant, ListSignalsRequest query) {
    return pages.find(tenant, query).result();
  }

  private ListSignalsResponse page(String id, long ageMillis) {
    return ListSignalsResponse.newBuilder()
        .addItems(RecordedSignal.newBuilder().setSignal(Signal.newBuilder().setId(id)))
        .setNext("more")
        .setSource("primary")
        .setAgeMs(ageMillis)
        .setAsOfMsc(epochMillis - ageMillis)
        .build();
  }
}
