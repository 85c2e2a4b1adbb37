package io.sub30.gateway.identity;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Where a key set comes from: a file or one address. Blocking, bounded in time and size. */
final class JwksSource {
  /** Largest document, bytes. */
  static final int MAX_BYTES = 256 << 10;

  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final URI uri;
  private final Duration patience;
  private final @Nullable HttpClient client;

  /**
   * @param uri of the scheme file, https or http
   * @param patience for the whole of a fetch
   */
  JwksSource(URI uri, Duration patience) {
    this.uri = uri;
    this.patience = patience;
    this.client =
        "file".equals(uri.getScheme())
            ? null
            : HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                // The address is the operator's word; another one would be the server's.
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
  }

  /**
   * The document as it is now.
   *
   * @throws IOException when it cannot be had in time or is too large
   */
  byte[] read() throws IOException {
    return client == null ? readFile(Path.of(uri)) : fetch(client);
  }

  private static byte[] readFile(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw BoundedBody.tooLarge(MAX_BYTES);
      }
      return bytes;
    }
  }

  private byte[] fetch(HttpClient over) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("accept", "application/jwk-set+json, application/json")
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        over.sendAsync(request, head -> new BoundedBody(MAX_BYTES));
    try {
      HttpResponse<byte[]> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("the answer's status is " + response.statusCode() + ", not 200");
      }
      return response.body();
    } catch (TimeoutException e) {
      throw new IOException("no whole answer came within " + patience.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true); // ends an exchange that was given up; otherwise without effect
    }
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
