package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Encoding;
import io.sub30.client.Sub30Client;
import io.sub30.client.Transport;
import io.sub30.config.ConfigException;
import io.sub30.gateway.tls.SelfSigned;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The API with a certificate: what TLS it speaks, and how the certificate changes. */
class TlsIT {
  private static final String GOOD_SUITE = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  private static final String CBC_SUITE = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";

  @TempDir private static Path folder;
  private static SelfSigned first;
  private static SelfSigned second;
  private static Path certificate;
  private static Path key;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    first = SelfSigned.make(folder, "first", "EC");
    second = SelfSigned.make(folder, "second", "EC");
    certificate = folder.resolve("live.crt");
    key = folder.resolve("live.key");
    Files.copy(first.certificate(), certificate);
    Files.copy(first.key(), key);
    server =
        RunningNode.start(
            folder.resolve("data"),
            Map.of(
                "http.tls.certificate", certificate.toString(),
                "http.tls.key", key.toString(),
                "http.tls.refresh", "1s"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static Answer submit(URI target, Transport transport, @Nullable Path ca, String tenant)
      throws Exception {
    Sub30Client client =
        new Sub30Client(
            server.vertx,
            new ClientOptions(
                target,
                server.token(tenant),
                transport,
                Encoding.PROTOBUF,
                1,
                8,
                Duration.ofSeconds(10),
                ca));
    try {
      return RunningNode.await(client.submit(batch()));
    } finally {
      RunningNode.await(client.close());
    }
  }

  private static TickBatch batch() {
    return TickBatch.newBuilder()
        .setTerminal("t")
        .setSequence(1)
        .addTicks(
            Tick.newBuilder()
                .setSymbol("EURUSD")
                .setTimeMsc(1_700_000_000_000L)
                .setBid(1.1)
                .setAsk(1.1001)
                .setFlags(6))
        .build();
  }

  private static SSLSocket connect(String protocol, String suite, String... alpn) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("first", first.parsed());
    trusted.setCertificateEntry("second", second.parsed());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(server.node.api().host(), server.node.api().port());
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    parameters.setCipherSuites(new String[] {suite});
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  private static SSLSocket connect() throws Exception {
    return connect("TLSv1.3", "TLS_AES_128_GCM_SHA256", "h2", "http/1.1");
  }

  private static String shownBy(SSLSocket socket) throws Exception {
    return ((java.security.cert.X509Certificate) socket.getSession().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  @ParameterizedTest
  @EnumSource
  void submit_overTls_isAcknowledgedOnEveryTransport(Transport transport) throws Exception {
    URI target = URI.create(server.node.api().url());
    assertThat(target.getScheme()).isEqualTo("https");
    String tenant = "tls-" + transport.ordinal();

    Answer answer = submit(target, transport, certificate, tenant);
    // A busy machine may not have the time for it; sent again it is counted once.
    for (int i = 1; i < Submissions.ATTEMPTS && answer.retriable(); i++) {
      answer = submit(target, transport, certificate, tenant);
    }
    assertThat(answer.acknowledged()).as(answer.toString()).isTrue();
    assertThat(server.batches(tenant)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void submit_withoutTrustOrWithoutTls_sendsNothing(Transport transport) throws Exception {
    URI target = URI.create(server.node.api().url());
    URI cleartext = URI.create("http://127.0.0.1:" + server.node.api().port());
    String tenant = "none-" + transport.ordinal();

    assertThat(submit(target, transport, null, tenant).acknowledged()).isFalse();
    assertThat(submit(target, transport, rsaStranger(), tenant).acknowledged()).isFalse();
    assertThat(submit(cleartext, transport, null, tenant).acknowledged()).isFalse();
    assertThat(server.batches(tenant)).isZero();
  }

  private static Path rsaStranger() throws Exception {
    Path made = folder.resolve("stranger.crt");
    return Files.exists(made) ? made : SelfSigned.make(folder, "stranger", "RSA").certificate();
  }

  @Test
  void connect_cleartextRequest_isNotAnswered() {
    assertThatThrownBy(
            () -> {
              try (Api api = server.api(HttpVersion.HTTP_1_1)) {
                api.get("/v1/signals", server.token("clear"));
              }
            })
        .isInstanceOf(ExecutionException.class);
  }

  @Test
  void connect_bothVersionsWithGoodSuites_negotiateHttp2() throws Exception {
    try (SSLSocket newer = connect();
        SSLSocket older = connect("TLSv1.2", GOOD_SUITE, "h2", "http/1.1")) {
      assertThat(newer.getApplicationProtocol()).isEqualTo("h2");
      assertThat(newer.getSession().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(older.getApplicationProtocol()).isEqualTo("h2");
      assertThat(older.getSession().getProtocol()).isEqualTo("TLSv1.2");
    }
  }

  @Test
  void connect_suiteWithoutAuthenticatedEncryption_isRefused() {
    assertThatThrownBy(() -> connect("TLSv1.2", CBC_SUITE, "h2", "http/1.1").close())
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void refresh_newCertificate_isShownToNewConnectionsAndDropsNone() throws Exception {
    try (SSLSocket before = connect("TLSv1.3", "TLS_AES_128_GCM_SHA256", "http/1.1")) {
      assertThat(shownBy(before)).isEqualTo("CN=first");
      assertThat(statusOf(before)).isEqualTo("HTTP/1.1 401 Unauthorized");

      Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                try (SSLSocket after = connect()) {
                  assertThat(shownBy(after)).isEqualTo("CN=second");
                  assertThat(after.getApplicationProtocol()).isEqualTo("h2");
                }
              });
      assertThat(statusOf(before)).isEqualTo("HTTP/1.1 401 Unauthorized");
    } finally {
      Files.copy(first.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(first.key(), key, StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                try (SSLSocket restored = connect()) {
                  assertThat(shownBy(restored)).isEqualTo("CN=first");
                }
              });
    }
  }

  /** Asks without a token over that very connection, and reads the whole answer. */
  private static String statusOf(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /v1/signals HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended after: " + head);
      }
      head.append((char) next);
    }
    for (String line : head.toString().split("\r\n")) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        in.readNBytes(Integer.parseInt(line.substring(15).strip()));
      }
    }
    return head.substring(0, head.indexOf("\r\n"));
  }

  @Test
  void start_keyThatIsNotTheCertificates_isRefused() {
    assertThatThrownBy(
            () ->
                RunningNode.start(
                        folder.resolve("refused"),
                        Map.of(
                            "http.tls.certificate", first.certificate().toString(),
                            "http.tls.key", second.key().toString()))
                    .close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("http.tls: ")
        .hasMessageContaining("is not the key of the first certificate");
  }
}
