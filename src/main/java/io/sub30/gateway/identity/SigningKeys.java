package io.sub30.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.sub30.budget.EpochClock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ES256 key pair that tokens are signed with, kept as a JWK in {@code <data>/keys/signing.jwk},
 * and the public halves of those it has replaced, as long as their tokens may live.
 *
 * <p>Made on the first run and loaded ever after, until it is {@link #rotate rotated}; the files
 * are 0600 and their folder 0700, and a key that others could have read or replaced is refused. Any
 * number of processes may start at once: they all end up with the same key. Touches files: for
 * start-up, commands and workers, never for an event loop. The object itself is immutable.
 */
public final class SigningKeys {
  /** Longest a replaced key's tokens may live on: none is made for longer. */
  public static final Duration MAX_KEEP = TokenRequest.MAX_TTL;

  private static final String FOLDER = "keys";
  private static final String FILE = "signing.jwk";
  private static final String RETIRED = "retired.jwks";
  private static final String LOCK = "rotation.lock";
  private static final int MAX_FILE_BYTES = 8_192;
  private static final String NEW_KEY = "delete " + FILE + " for a new key";

  private final Path data;
  private final ECKey pair;
  private final KeySet verification;

  private SigningKeys(Path data, ECKey pair, List<ECKey> retired) throws GeneralSecurityException {
    this.data = data;
    this.pair = pair;
    List<VerificationKey> all = new ArrayList<>();
    all.add(VerificationKey.of(pair));
    for (ECKey key : retired) {
      // A rotation that was cut short leaves the key in both places.
      if (!key.getKeyID().equals(pair.getKeyID())) {
        all.add(VerificationKey.of(key));
      }
    }
    this.verification = new KeySet(all);
  }

  /**
   * Loads the keys under a data folder, making one first when there is none.
   *
   * @param data the folder given with {@code --data}; made when absent
   * @throws IOException when a key cannot be read or written, is damaged, or is open to others; the
   *     message names the path, what is wrong and what puts it right
   */
  public static SigningKeys open(Path data) throws IOException {
    Path file = file(data);
    if (!Files.exists(file)) {
      create(data.resolve(FOLDER), file);
    }
    return load(data, EpochClock.SYSTEM);
  }

  /**
   * The keys as they are in the files now, which a rotation may have changed; none is made.
   *
   * @throws IOException as {@link #open}
   */
  SigningKeys reread(EpochClock clock) throws IOException {
    return load(data, clock);
  }

  /**
   * Makes another key the one that signs. The tokens of the one before count on for some time.
   *
   * @param keep how long they do: 0 to {@link #MAX_KEEP}
   * @return the keys as they are now
   * @throws IOException when there is no key yet, one cannot be read or written, another rotation
   *     is under way, or too many replaced keys are still kept
   */
  public static SigningKeys rotate(Path data, Duration keep, EpochClock clock) throws IOException {
    if (keep.isNegative() || keep.compareTo(MAX_KEEP) > 0) {
      throw new IllegalArgumentException("keep " + keep + " is not 0 to 366 days");
    }
    Path file = file(data);
    if (!Files.exists(file)) {
      throw new FileSystemException(
          file.toString(), null, "there is no signing key to replace; the first token makes one");
    }
    Path lock = file.resolveSibling(LOCK);
    try (FileChannel channel =
            FileChannel.open(
                lock,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                KeyFiles.OWNER_FILE);
        FileLock held = tryLock(channel)) {
      if (held == null) {
        throw new FileSystemException(lock.toString(), null, "another rotation is under way");
      }
      long nowMillis = clock.epochMillis();
      SigningKeys before = load(data, clock);
      RetiredKeys.write(
          file.resolveSibling(RETIRED), retired(before, nowMillis, nowMillis + keep.toMillis()));
      // After the above, so that no moment is without the key that verifies what was signed.
      KeyFiles.replace(file, generate().toJSONString());
      return load(data, clock);
    }
  }

  private static List<ECKey> retired(SigningKeys before, long nowMillis, long untilMillis)
      throws IOException {
    Path file = file(before.data).resolveSibling(RETIRED);
    List<ECKey> keys = new ArrayList<>(RetiredKeys.read(file, nowMillis));
    keys.removeIf(key -> key.getKeyID().equals(before.kid()));
    if (untilMillis > nowMillis) {
      keys.add(RetiredKeys.retire(before.pair, untilMillis));
    }
    if (keys.size() > RetiredKeys.MAX_KEYS) {
      Instant first =
          keys.stream()
              .map(key -> key.getExpirationTime().toInstant())
              .sorted()
              .findFirst()
              .orElseThrow();
      throw new FileSystemException(
          file.toString(),
          null,
          "it has "
              + RetiredKeys.MAX_KEYS
              + " keys whose tokens may live, as many as are kept, the first until "
              + first
              + "; rotate later, keep this one for 0s, or delete the file and replace their"
              + " tokens");
    }
    return keys;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static Path file(Path data) {
    return data.resolve(FOLDER).resolve(FILE);
  }

  /** The name of the key in the header of every token it signs. */
  public String kid() {
    return pair.getKeyID();
  }

  /** The public halves, for verifying. */
  KeySet verificationKeys() {
    return verification;
  }

  JWSSigner signer() throws JOSEException {
    return new ECDSASigner(pair);
  }

  /**
   * The key is written beside its place and linked into it: of several first runs one link
   * succeeds, and nobody ever sees half a file. A file system without hard links has no owner-only
   * files either, and would be refused anyway.
   */
  private static void create(Path folder, Path file) throws IOException {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      throw new FileSystemException(
          folder.toString(),
          null,
          "no owner-only files on this file system; choose another --data");
    }
    Files.createDirectories(folder.toAbsolutePath().getParent());
    try {
      Files.createDirectory(folder, KeyFiles.OWNER_FOLDER);
    } catch (FileAlreadyExistsException e) {
      // Another run was first, or an earlier one stopped half-way; its mode is checked like any
      // other.
    }
    Path fresh = KeyFiles.fresh(file, generate().toJSONString());
    try {
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      // Another run was first: its key is the key.
    } finally {
      Files.deleteIfExists(fresh);
    }
    KeyFiles.sync(file); // or a power cut takes the key and leaves tokens signed with it
  }

  private static ECKey generate() throws IOException {
    try {
      return new ECKeyGenerator(Curve.P_256)
          .keyID(UUID.randomUUID().toString())
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.ES256)
          .generate();
    } catch (JOSEException e) {
      throw new IOException("this Java platform cannot make a P-256 key: " + e.getMessage(), e);
    }
  }

  private static SigningKeys load(Path data, EpochClock clock) throws IOException {
    Path file = file(data);
    KeyFiles.requireOwnersAlone(data.resolve(FOLDER), "700", NEW_KEY);
    KeyFiles.requireOwnersAlone(file, "600", NEW_KEY);
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw damaged(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
    }
    try {
      ECKey pair = ECKey.parse(Files.readString(file));
      if (!pair.isPrivate()) {
        throw damaged(file, "the private half is missing");
      }
      // After the pair: whoever reads the new one then finds the one it replaced.
      Path retired = file.resolveSibling(RETIRED);
      return new SigningKeys(data, pair, RetiredKeys.read(retired, clock.epochMillis()));
    } catch (ParseException e) {
      // The parser's message may quote the file, and the file is a secret.
      throw damaged(file, "it cannot be read as an EC key");
    } catch (GeneralSecurityException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  private static FileSystemException damaged(Path file, String what) {
    return new FileSystemException(
        file.toString(),
        null,
        "not a signing key: "
            + what
            + "; restore it, or delete it for a new one (every token then needs replacing)");
  }
}
