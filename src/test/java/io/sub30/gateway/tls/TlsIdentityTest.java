package io.sub30.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIdentityTest {
  @TempDir private static Path folder;
  private static SelfSigned ec;
  private static SelfSigned otherEc;
  private static SelfSigned rsa;

  @BeforeAll
  static void make() throws Exception {
    ec = SelfSigned.make(folder, "ec", "EC");
    otherEc = SelfSigned.make(folder, "other", "EC");
    rsa = SelfSigned.make(folder, "rsa", "RSA");
  }

  private static TlsIdentity read(Path certificate, Path key) throws IOException {
    return TlsIdentity.read(certificate, key, Instant.now());
  }

  @Test
  void read_keyOfTheCertificate_isTaken() throws Exception {
    assertThat(read(ec.certificate(), ec.key()).toString()).startsWith("CN=ec, valid until 20");
    assertThat(read(rsa.certificate(), rsa.key()).toString()).startsWith("CN=rsa, valid until 20");
  }

  @Test
  void read_keyOfAnotherCertificate_isRefused() {
    assertThatThrownBy(() -> read(ec.certificate(), otherEc.key()))
        .hasMessageContaining("other.key is not the key of the first certificate")
        .hasMessageContaining("CN=ec");
    assertThatThrownBy(() -> read(ec.certificate(), rsa.key()))
        .hasMessageContaining("rsa.key is not a key of the certificate's kind, EC");
  }

  @Test
  void read_expired_isRefused() throws Exception {
    Instant end = ec.parsed().getNotAfter().toInstant();
    assertThat(TlsIdentity.read(ec.certificate(), ec.key(), end)).isNotNull();
    assertThatThrownBy(() -> TlsIdentity.read(ec.certificate(), ec.key(), end.plusMillis(1)))
        .hasMessageContaining("expired on " + end);
  }

  @Test
  void read_notYetValid_isRefused() throws Exception {
    Instant begin = ec.parsed().getNotBefore().toInstant();
    assertThat(TlsIdentity.read(ec.certificate(), ec.key(), begin)).isNotNull();
    assertThatThrownBy(() -> TlsIdentity.read(ec.certificate(), ec.key(), begin.minusMillis(1)))
        .hasMessageContaining("is not valid before " + begin);
  }

  @Test
  void read_whatIsNoPem_isRefusedByName() throws Exception {
    Path rubbish = Files.writeString(folder.resolve("rubbish.pem"), "rubbish");
    Path absent = folder.resolve("absent.pem");

    assertThatThrownBy(() -> read(rubbish, ec.key())).hasMessageContaining("rubbish.pem");
    assertThatThrownBy(() -> read(ec.certificate(), rubbish))
        .hasMessageContaining("rubbish.pem has no 'BEGIN PRIVATE KEY'");
    assertThatThrownBy(() -> read(absent, ec.key())).hasMessageContaining("absent.pem");
    assertThatThrownBy(() -> read(ec.certificate(), absent)).hasMessageContaining("absent.pem");
    assertThatThrownBy(() -> read(folder, ec.key())).hasMessageContaining("not a file");
  }

  @Test
  void refresh_changedFiles_areTakenOnlyWhenTheyBelongTogether() throws Exception {
    Path certificate = folder.resolve("live.crt");
    Path key = folder.resolve("live.key");
    Files.copy(ec.certificate(), certificate);
    Files.copy(ec.key(), key);
    ServerCertificate live =
        new ServerCertificate(
            new TlsConfig(certificate, key, Duration.ofSeconds(1)), Clock.systemUTC());
    TlsIdentity first = live.current();

    live.refresh();
    assertThat(live.current()).isSameAs(first);
    Files.copy(otherEc.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    live.refresh();
    assertThat(live.current()).isSameAs(first);
    Files.copy(otherEc.key(), key, StandardCopyOption.REPLACE_EXISTING);
    live.refresh();
    assertThat(live.current().toString()).startsWith("CN=other");
  }

  @Test
  void next_changedCertificate_isOneCallersOfEachPortUntilItIsShown() throws Exception {
    Path certificate = folder.resolve("shown.crt");
    Path key = folder.resolve("shown.key");
    Files.copy(ec.certificate(), certificate);
    Files.copy(ec.key(), key);
    ServerCertificate live =
        new ServerCertificate(
            new TlsConfig(certificate, key, Duration.ofSeconds(1)), Clock.systemUTC());
    ShownCertificate port = live.on(8443);
    ShownCertificate other = live.on(9443);
    assertThat(live.on(8443)).isSameAs(port);
    assertThat(port.next()).isNull();
    Files.copy(otherEc.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(otherEc.key(), key, StandardCopyOption.REPLACE_EXISTING);
    live.refresh();

    TlsIdentity next = Objects.requireNonNull(port.next());
    assertThat(next).isSameAs(live.current());
    assertThat(port.next()).isNull();
    port.replaced(next, false);
    assertThat(port.next()).isSameAs(next);
    port.replaced(next, true);
    assertThat(port.next()).isNull();
    assertThat(port.identity()).isSameAs(next);

    assertThat(other.next()).isSameAs(next);
    other.replaced(next, true);
    assertThat(other.identity()).isSameAs(next);
  }
}
