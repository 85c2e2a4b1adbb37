package io.sub30.gateway.identity;

import io.sub30.config.AuthConfig;
import io.sub30.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of revoked tokens, read again from time to time. What cannot be read leaves the last
 * good list in force. {@link #current} is for any thread, {@link #refresh} for a worker.
 */
public final class RevocationList {
  /** Largest file, bytes. */
  static final int MAX_BYTES = 8 << 20;

  private static final Logger log = LoggerFactory.getLogger(RevocationList.class);

  private final @Nullable Path file;
  private volatile Revocations current;
  private @Nullable String lastFault;

  /**
   * @throws IOException when the file cannot be read now
   */
  RevocationList(@Nullable Path file) throws IOException {
    this.file = file;
    this.current = file == null ? Revocations.NONE : read(file);
  }

  /**
   * Reads the configured file for the first time.
   *
   * @throws ConfigException when {@code auth.revoked} cannot be read
   */
  public static RevocationList open(AuthConfig config) {
    Path file = config.revoked().orElse(null);
    try {
      return new RevocationList(file);
    } catch (IOException e) {
      throw new ConfigException("auth.revoked: " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  Revocations current() {
    return current;
  }

  /** Reads the file again; a fault is logged when it is new. */
  synchronized void refresh() {
    if (file == null) {
      return;
    }
    try {
      Revocations read = read(file);
      if (!read.equals(current)) {
        log.info("{} has changed: {} entries", file, read.size());
        current = read;
      }
      lastFault = null;
    } catch (IOException e) {
      String fault = String.valueOf(e.getMessage());
      if (!fault.equals(lastFault)) {
        log.warn("{} cannot be used, the list read before stays in force: {}", file, fault);
        lastFault = fault;
      }
    }
  }

  private static Revocations read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw BoundedBody.tooLarge(MAX_BYTES);
      }
      return Revocations.read(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    }
  }
}
