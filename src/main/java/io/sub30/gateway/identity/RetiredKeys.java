package io.sub30.gateway.identity;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * The public halves of keys that sign no more, but whose tokens may still live: a JWK set in {@code
 * <data>/keys/retired.jwks}, each key with the time in {@code exp} from which on it does not count.
 */
final class RetiredKeys {
  /** Most keys that are kept; each costs a verification nothing, but the file must have a bound. */
  static final int MAX_KEYS = 16;

  private static final int MAX_FILE_BYTES = 64 << 10;

  private RetiredKeys() {}

  /**
   * Those that count at that moment; none when there is no file.
   *
   * @throws IOException when it is open to others or damaged; the message says what puts it right
   */
  static List<ECKey> read(Path file, long nowMillis) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    KeyFiles.requireOwnersAlone(file, "600", "delete it, and with it the tokens of those keys");
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw damaged(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
    }
    List<ECKey> keys = new ArrayList<>();
    try {
      for (JWK jwk : JWKSet.parse(Files.readString(file)).getKeys()) {
        if (!(jwk instanceof ECKey key) || key.isPrivate() || key.getExpirationTime() == null) {
          throw damaged(file, "one of its keys is no public EC key with exp");
        }
        if (key.getExpirationTime().getTime() > nowMillis) {
          keys.add(key);
        }
      }
    } catch (ParseException e) {
      throw damaged(file, "it cannot be read as a JWK set");
    }
    return keys;
  }

  /** Replaces the file. */
  static void write(Path file, List<ECKey> keys) throws IOException {
    KeyFiles.replace(file, new JWKSet(new ArrayList<JWK>(keys)).toString());
  }

  /** The public half of a key, good until then. */
  static ECKey retire(ECKey pair, long untilMillis) {
    return new ECKey.Builder(pair.toPublicJWK()).expirationTime(new Date(untilMillis)).build();
  }

  private static FileSystemException damaged(Path file, String what) {
    return new FileSystemException(
        file.toString(),
        null,
        "not the retired keys: "
            + what
            + "; restore it, or delete it (the tokens of those keys then need replacing)");
  }
}
