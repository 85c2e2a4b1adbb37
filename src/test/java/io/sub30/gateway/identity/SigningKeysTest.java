package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
  @TempDir private Path temp;

  @Test
  void open_firstRun_makesAKeyForTheOwnerAlone() throws Exception {
    Path data = temp.resolve("deep/data");
    SigningKeys made = SigningKeys.open(data);

    Path file = data.resolve("keys/signing.jwk");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("keys"))))
        .isEqualTo("rwx------");
    try (var files = Files.list(data.resolve("keys"))) {
      assertThat(files).containsExactly(file);
    }
    assertThat(SigningKeys.open(data).kid()).isEqualTo(made.kid());
    assertThat(SigningKeys.open(data).verificationKeys().version())
        .isEqualTo(made.verificationKeys().version());
    assertThat(SigningKeys.open(temp.resolve("other")).verificationKeys().version())
        .isNotEqualTo(made.verificationKeys().version());
  }

  @Test
  void open_manyFirstRunsAtOnce_agreeOnOneKey() throws Exception {
    int runs = 8;
    ExecutorService pool = Executors.newFixedThreadPool(runs);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<String>> kids = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        kids.add(
            pool.submit(
                () -> {
                  start.await();
                  return SigningKeys.open(temp).kid();
                }));
      }
      start.countDown();
      Set<String> distinct = new HashSet<>();
      for (Future<String> kid : kids) {
        distinct.add(kid.get());
      }
      assertThat(distinct).hasSize(1);
    } finally {
      pool.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void open_fileOpenToOthers_isRefusedWithTheRemedy(String mode) throws Exception {
    SigningKeys.open(temp);
    Path file = temp.resolve("keys/signing.jwk");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> SigningKeys.open(temp))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(mode)
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void open_folderOpenToOthers_isRefusedWithTheRemedy() throws Exception {
    SigningKeys.open(temp);
    Files.setPosixFilePermissions(
        temp.resolve("keys"), PosixFilePermissions.fromString("rwxr-x---"));

    assertThatThrownBy(() -> SigningKeys.open(temp))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 700 " + temp.resolve("keys"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "not json", "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}"})
  void open_damagedFile_isRefusedWithoutQuotingIt(String content) throws Exception {
    SigningKeys.open(temp);
    Path file = temp.resolve("keys/signing.jwk");
    Files.writeString(file, content);

    assertThatThrownBy(() -> SigningKeys.open(temp))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("restore it")
        .message()
        .doesNotContain("c2VjcmV0");
  }

  @Test
  void rotate_again_keepsThePublicHalvesOfThoseBefore() throws Exception {
    String first = SigningKeys.open(temp).kid();
    String second = SigningKeys.rotate(temp, Duration.ofDays(1), EpochClock.SYSTEM).kid();
    SigningKeys third = SigningKeys.rotate(temp, Duration.ZERO, EpochClock.SYSTEM);

    assertThat(Set.of(first, second, third.kid())).hasSize(3);
    SigningKeys now = SigningKeys.open(temp);
    assertThat(now.kid()).isEqualTo(third.kid());
    assertThat(kids(now)).containsExactlyInAnyOrder(first, third.kid());
    Path retired = temp.resolve("keys/retired.jwks");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(retired)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(retired)).contains(first).doesNotContain("\"d\"");
    try (var files = Files.list(temp.resolve("keys"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("signing.jwk", "retired.jwks", "rotation.lock");
    }
    now.signer(); // the private half came with it
  }

  private static List<String> kids(SigningKeys keys) {
    return keys.verificationKeys().all().stream().map(VerificationKey::kid).toList();
  }

  @Test
  void rotate_cutShortBeforeThePairChanged_leavesAllAsItWas() throws Exception {
    SigningKeys before = SigningKeys.open(temp);
    Path pair = temp.resolve("keys/signing.jwk");
    String text = Files.readString(pair);
    SigningKeys.rotate(temp, Duration.ofDays(1), EpochClock.SYSTEM);
    Files.writeString(pair, text);

    assertThat(kids(SigningKeys.open(temp))).containsExactly(before.kid());
    SigningKeys after = SigningKeys.rotate(temp, Duration.ofDays(1), EpochClock.SYSTEM);
    assertThat(kids(after)).containsExactlyInAnyOrder(before.kid(), after.kid());
  }

  @Test
  void rotate_asOftenAsKeysAreKeptOrOnceMore() throws Exception {
    long[] nowMillis = {0};
    SigningKeys.open(temp);
    for (int i = 0; i < RetiredKeys.MAX_KEYS; i++) {
      SigningKeys.rotate(temp, Duration.ofDays(i + 1), () -> nowMillis[0]);
    }
    String kid = SigningKeys.open(temp).kid();

    assertThatThrownBy(() -> SigningKeys.rotate(temp, Duration.ofDays(99), () -> nowMillis[0]))
        .hasMessageContaining("it has 16 keys whose tokens may live")
        .hasMessageContaining("the first until 1970-01-02T00:00:00Z");
    assertThat(SigningKeys.open(temp).kid()).isEqualTo(kid);
    nowMillis[0] = Duration.ofDays(1).toMillis();
    assertThat(SigningKeys.rotate(temp, Duration.ofDays(99), () -> nowMillis[0]).kid())
        .isNotEqualTo(kid);
  }

  @Test
  void rotate_withoutAKeyOrBeyondItsBounds_isRefused() throws Exception {
    assertThatThrownBy(() -> SigningKeys.rotate(temp, Duration.ZERO, EpochClock.SYSTEM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no signing key to replace");
    assertThat(temp).isEmptyDirectory();
    SigningKeys.open(temp);
    for (Duration keep : List.of(Duration.ofSeconds(-1), Duration.ofDays(366).plusMillis(1))) {
      assertThatThrownBy(() -> SigningKeys.rotate(temp, keep, EpochClock.SYSTEM))
          .hasMessageContaining("keep " + keep);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}"})
  void open_damagedRetiredKeys_areRefusedWithoutQuotingThem(String content) throws Exception {
    SigningKeys.open(temp);
    SigningKeys.rotate(temp, Duration.ofDays(1), EpochClock.SYSTEM);
    Path retired = temp.resolve("keys/retired.jwks");
    Files.writeString(retired, content);

    assertThatThrownBy(() -> SigningKeys.open(temp))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(retired.toString())
        .hasMessageContaining("restore it, or delete it")
        .message()
        .doesNotContain("c2VjcmV0");
  }

  @Test
  void open_retiredKeysOpenToOthers_areRefused() throws Exception {
    SigningKeys.open(temp);
    SigningKeys.rotate(temp, Duration.ofDays(1), EpochClock.SYSTEM);
    Path retired = temp.resolve("keys/retired.jwks");
    Files.setPosixFilePermissions(retired, PosixFilePermissions.fromString("rw--w----"));

    assertThatThrownBy(() -> SigningKeys.open(temp)).hasMessageContaining("chmod 600 " + retired);
  }

  @Test
  void request_beyondItsBounds_isRefused() {
    Duration day = Duration.ofDays(1);
    assertThatThrownBy(() -> new TokenRequest("Acme", Tier.FREE, null, day))
        .hasMessageContaining("tenant 'Acme'");
    assertThatThrownBy(() -> new TokenRequest("a".repeat(65), Tier.FREE, null, day))
        .hasMessageContaining("1 to 64");
    assertThatThrownBy(() -> new TokenRequest("acme", Tier.FREE, "a b", day))
        .hasMessageContaining("terminal 'a b'");
    for (Duration ttl :
        List.of(
            Duration.ZERO,
            Duration.ofMillis(999),
            Duration.ofMillis(1_500),
            Duration.ofDays(366).plusSeconds(1),
            Duration.ofSeconds(-5))) {
      assertThatThrownBy(() -> new TokenRequest("acme", Tier.FREE, null, ttl))
          .hasMessageContaining("ttl " + ttl);
    }
    assertThat(new TokenRequest("a".repeat(64), Tier.FREE, null, Duration.ofSeconds(1)))
        .isNotNull();
    assertThat(new TokenRequest("0", Tier.FREE, "x", Duration.ofDays(366))).isNotNull();
  }
}
