package io.sub30.gateway.identity;

import io.sub30.gateway.text.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that tokens are verified with, by kid. Immutable: a rotation makes another set.
 */
final class KeySet {
  private final Map<String, VerificationKey> keys;
  private final long version;

  /**
   * A set of keys.
   *
   * @throws IllegalArgumentException when it is empty or two keys share a kid
   */
  KeySet(Collection<VerificationKey> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a key set needs at least one key");
    }
    TreeMap<String, VerificationKey> sorted = new TreeMap<>();
    for (VerificationKey key : keys) {
      if (sorted.put(key.kid(), key) != null) {
        throw new IllegalArgumentException("two keys share the kid " + key.kid());
      }
    }
    this.keys = Map.copyOf(sorted);
    this.version = versionOf(sorted);
  }

  @Nullable VerificationKey key(String kid) {
    return keys.get(kid);
  }

  Collection<VerificationKey> all() {
    return keys.values();
  }

  int size() {
    return keys.size();
  }

  /**
   * Changes whenever a key does. Taken from the keys themselves, so that nobody can forget to raise
   * it.
   */
  long version() {
    return version;
  }

  private static long versionOf(TreeMap<String, VerificationKey> sorted) {
    MessageDigest digest = Sha256.digest();
    for (VerificationKey key : sorted.values()) {
      update(digest, key.kid().getBytes(StandardCharsets.UTF_8));
      update(digest, key.algorithm().label().getBytes(StandardCharsets.UTF_8));
      update(digest, key.key().getEncoded());
    }
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private static void update(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
    digest.update(part);
  }
}
