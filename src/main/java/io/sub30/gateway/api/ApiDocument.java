package io.sub30.gateway.api;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The description of the API as it is served. Made once, off the event loops.
 *
 * @param body never changed
 * @param tag its {@code ETag}
 */
public record ApiDocument(Buffer body, String tag) {

  private static final String RESOURCE = "/openapi.yaml";

  /** The one in the jar. */
  public static ApiDocument packaged() {
    try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + RESOURCE);
      }
      byte[] bytes = in.readAllBytes();
      return new ApiDocument(Buffer.buffer(bytes), EntityTag.of(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " in the jar cannot be read", e);
    }
  }
}
