package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
