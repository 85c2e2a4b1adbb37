package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.client.Encoding;
import io.sub30.gateway.tls.SelfSigned;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's own way in while its certificate changes. */
final class OwnDoorIT {

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Rehearser rehearser = new Rehearser("token", 0, 1);

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private HttpServer serve(SelfSigned certificate, int port) throws Exception {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertPath(certificate.certificate().toString())
                    .addKeyPath(certificate.key().toString()));
    return await(
        vertx
            .createHttpServer(options)
            .requestHandler(request -> request.response().end("taken"))
            .listen(port, "127.0.0.1"));
  }

  @Test
  void send_afterTheCertificateHasChanged_believesTheNewOne() throws Exception {
    SelfSigned first = SelfSigned.make(folder, "first", "EC");
    SelfSigned second = SelfSigned.make(folder, "second", "EC");
    AtomicReference<byte[]> shown = new AtomicReference<>(Files.readAllBytes(first.certificate()));
    HttpServer server = serve(first, 0);
    OwnDoor door =
        new OwnDoor(vertx, new Endpoint("127.0.0.1", server.actualPort(), true), shown::get);
    assertThat(await(door.send(rehearser, Encoding.PROTOBUF)))
        .isEqualTo(new OwnDoor.Reply(200, "taken"));

    int port = server.actualPort();
    await(server.close());
    serve(second, port);
    assertThat(await(door.send(rehearser, Encoding.PROTOBUF)).status())
        .as("a certificate that the node does not have")
        .isZero();

    shown.set(Files.readAllBytes(second.certificate()));
    await(door.send(rehearser, Encoding.JSON)); // by what was opened before
    assertThat(await(door.send(rehearser, Encoding.JSON)).answered()).isTrue();
  }
}
