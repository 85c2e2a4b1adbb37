package io.sub30.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sub30.budget.EpochClock;
import io.sub30.config.TokenAlgorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyRingTest {
  private static final Set<TokenAlgorithm> ALL = EnumSet.allOf(TokenAlgorithm.class);

  @TempDir private Path data;
  private SigningKeys own;
  private Path file;

  @BeforeEach
  void open() throws Exception {
    own = SigningKeys.open(data);
    file = data.resolve("jwks.json");
  }

  private KeyRing ring(URI source) throws IOException {
    return new KeyRing(own, new JwksSource(source, Duration.ofSeconds(2)), ALL, EpochClock.SYSTEM);
  }

  private static Verification verify(KeyRing ring, String token) {
    return new TokenVerifier(ring::current, TokenRules.STANDARD, () -> Tokens.NOW_SECONDS * 1_000)
        .verify(token);
  }

  private static void assertRefused(Verification verification, TokenFault fault) {
    assertThat(verification)
        .isInstanceOfSatisfying(
            TokenRefusal.class, refusal -> assertThat(refusal.fault()).isEqualTo(fault));
  }

  private static String set(String... keys) {
    return "{\"keys\":[" + String.join(",", keys) + "]}";
  }

  @ParameterizedTest
  @EnumSource
  void verify_tokenOfAPublishedKey_isBelievedWithItsOwnAlgorithmOnly(ForeignKeys foreign)
      throws Exception {
    Files.writeString(file, set(foreign.jwk("theirs")));
    KeyRing ring = ring(file.toUri());

    assertThat(verify(ring, foreign.token("theirs"))).isInstanceOf(Principal.class);
    assertThat(verify(ring, Tokens.sign(own, Tokens.json(Tokens.claims()))))
        .isInstanceOf(Principal.class);
    for (String alg : List.of("none", "HS256", "RS256", "ES256", "EdDSA", "PS256", "Ed25519")) {
      if (!alg.equals(foreign.alg)) {
        String header = "{\"alg\":\"" + alg + "\",\"kid\":\"theirs\"}";
        assertRefused(
            verify(ring, foreign.sign(header, Tokens.json(Tokens.claims()))),
            TokenFault.WRONG_ALGORITHM);
      }
    }
    String underOurKid =
        foreign.sign(
            "{\"alg\":\"ES256\",\"kid\":\"" + own.kid() + "\"}", Tokens.json(Tokens.claims()));
    assertRefused(verify(ring, underOurKid), TokenFault.BAD_SIGNATURE);
    String token = foreign.token("theirs");
    String altered = token.substring(0, token.lastIndexOf('.') + 1);
    assertRefused(verify(ring, altered), TokenFault.BAD_SIGNATURE);
    assertRefused(verify(ring, altered + "A".repeat(86)), TokenFault.BAD_SIGNATURE);
    String[] parts = token.split("\\.");
    String otherPayload =
        parts[0]
            + "."
            + Tokens.encode(Tokens.json(Tokens.claims()).replace("acme", "evil"))
            + "."
            + parts[2];
    assertRefused(verify(ring, otherPayload), TokenFault.BAD_SIGNATURE);
  }

  @Test
  void refresh_rotatedFile_changesWhoIsBelieved() throws Exception {
    Files.writeString(file, set(ForeignKeys.RSA.jwk("one")));
    KeyRing ring = ring(file.toUri());
    KeySet before = ring.current();
    ring.refresh();
    assertThat(ring.current()).isSameAs(before);

    Files.writeString(file, set(ForeignKeys.RSA.jwk("one"), ForeignKeys.EC.jwk("two")));
    ring.refresh();
    assertThat(verify(ring, ForeignKeys.RSA.token("one"))).isInstanceOf(Principal.class);
    assertThat(verify(ring, ForeignKeys.EC.token("two"))).isInstanceOf(Principal.class);

    Files.writeString(file, set(ForeignKeys.EC.jwk("two")));
    ring.refresh();
    assertRefused(verify(ring, ForeignKeys.RSA.token("one")), TokenFault.UNKNOWN_KEY);
    assertThat(verify(ring, ForeignKeys.EC.token("two"))).isInstanceOf(Principal.class);
  }

  @Test
  void refresh_whatCannotBeRead_leavesTheLastGoodSet() throws Exception {
    Files.writeString(file, set(ForeignKeys.RSA.jwk("one")));
    KeyRing ring = ring(file.toUri());
    KeySet good = ring.current();

    for (String bad :
        List.of(
            "",
            "{\"keys\":[]}",
            set(ForeignKeys.EC.jwk(own.kid())),
            " ".repeat(JwksSource.MAX_BYTES) + set(ForeignKeys.EC.jwk("two")))) {
      Files.writeString(file, bad);
      ring.refresh();
      assertThat(ring.current()).isSameAs(good);
    }
    Files.delete(file);
    ring.refresh();
    assertThat(ring.current()).isSameAs(good);

    Files.writeString(file, set(ForeignKeys.EC.jwk("two")));
    ring.refresh();
    assertThat(ring.current()).isNotSameAs(good);
  }

  @Test
  void refresh_rotatedSigningKey_believesBothUntilTheOldOnesTimeIsUp() throws Exception {
    long[] nowMillis = {Tokens.NOW_SECONDS * 1_000};
    KeyRing ring = new KeyRing(own, null, ALL, () -> nowMillis[0]);
    String old = Tokens.sign(own, Tokens.json(Tokens.claims()));
    SigningKeys next = SigningKeys.rotate(data, Duration.ofMinutes(30), () -> nowMillis[0]);
    String fresh = Tokens.sign(next, Tokens.json(Tokens.claims()));
    assertRefused(verify(ring, fresh), TokenFault.UNKNOWN_KEY);

    ring.refresh();
    assertThat(verify(ring, fresh)).isInstanceOf(Principal.class);
    assertThat(verify(ring, old)).isInstanceOf(Principal.class);
    KeySet both = ring.current();
    nowMillis[0] += Duration.ofMinutes(30).toMillis() - 1;
    ring.refresh();
    assertThat(ring.current()).isSameAs(both);

    nowMillis[0]++;
    ring.refresh();
    assertRefused(verify(ring, old), TokenFault.UNKNOWN_KEY);
    assertThat(verify(ring, fresh)).isInstanceOf(Principal.class);
  }

  @Test
  void refresh_keyFilesThatCannotBeRead_leaveTheLastGoodKeysAndMakeNone() throws Exception {
    Files.writeString(file, set(ForeignKeys.RSA.jwk("one")));
    KeyRing ring = ring(file.toUri());
    KeySet good = ring.current();
    Path pair = data.resolve("keys/signing.jwk");

    Files.writeString(pair, "{}");
    ring.refresh();
    assertThat(ring.current()).isSameAs(good);
    Files.delete(pair);
    ring.refresh();
    assertThat(ring.current()).isSameAs(good);
    assertThat(pair).doesNotExist();
    // What is published goes on changing meanwhile.
    Files.writeString(file, set(ForeignKeys.EC.jwk("two")));
    ring.refresh();
    assertThat(verify(ring, ForeignKeys.EC.token("two"))).isInstanceOf(Principal.class);
    assertThat(verify(ring, Tokens.sign(own, Tokens.json(Tokens.claims()))))
        .isInstanceOf(Principal.class);
  }

  @Test
  void open_sourceThatCannotBeRead_isRefused() throws Exception {
    assertThatThrownBy(() -> ring(file.toUri())).hasMessageContaining("not a file");
    Files.writeString(file, "{}");
    assertThatThrownBy(() -> ring(file.toUri())).hasMessageContaining("\"keys\"");
  }

  @Test
  void refresh_overHttp_isBoundedInTimeAndSizeAndFollowsNoRedirect() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    String[] mode = {"good"};
    server.createContext("/jwks", exchange -> answer(exchange, mode[0], over));
    server.createContext("/other", exchange -> answer(exchange, "other", over));
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks");
      KeyRing ring = ring(uri);
      KeySet good = ring.current();
      assertThat(verify(ring, ForeignKeys.RSA.token("one"))).isInstanceOf(Principal.class);
      for (String bad : List.of("redirect", "endless", "hanging", "failing")) {
        mode[0] = bad;
        long begun = System.nanoTime();
        ring.refresh();
        assertThat(ring.current()).as(bad).isSameAs(good);
        assertThat(System.nanoTime() - begun).as(bad).isLessThan(TimeUnit.SECONDS.toNanos(20));
      }
      mode[0] = "other";
      ring.refresh();
      assertThat(verify(ring, ForeignKeys.EC.token("two"))).isInstanceOf(Principal.class);
    } finally {
      over.countDown();
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private static void answer(HttpExchange exchange, String mode, CountDownLatch over)
      throws IOException {
    try (exchange) {
      byte[] good = set(ForeignKeys.RSA.jwk("one")).getBytes(StandardCharsets.UTF_8);
      byte[] other = set(ForeignKeys.EC.jwk("two")).getBytes(StandardCharsets.UTF_8);
      switch (mode) {
        case "redirect" -> {
          exchange.getResponseHeaders().add("location", "/other");
          exchange.sendResponseHeaders(302, -1);
        }
        case "endless" -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream body = exchange.getResponseBody();
          byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
          while (over.getCount() > 0) {
            body.write(blanks); // fails when the reader has had enough
          }
        }
        case "hanging" -> {
          exchange.sendResponseHeaders(200, other.length);
          exchange.getResponseBody().write(other, 0, 10);
          exchange.getResponseBody().flush();
          over.await();
        }
        case "failing" -> {
          exchange.sendResponseHeaders(500, other.length);
          exchange.getResponseBody().write(other);
        }
        default -> {
          byte[] body = mode.equals("good") ? good : other;
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
