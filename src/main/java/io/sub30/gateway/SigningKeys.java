package io.sub30.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The ES256 key pair that tokens are signed with, kept as a JWK in {@code <data>/keys/signing.jwk}.
 *
 * <p>Made on the first run and loaded ever after; the file is 0600 and its folder 0700, and a key
 * that others could have read or replaced is refused. Any number of processes may start at once:
 * they all end up with the same key. Touches files: for start-up and commands, never for an event
 * loop. The object itself is immutable.
 */
public final class SigningKeys {
  private static final String FOLDER = "keys";
  private static final String FILE = "signing.jwk";
  private static final int MAX_FILE_BYTES = 8_192;
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private final ECKey pair;
  private final KeySet verification;

  private SigningKeys(ECKey pair) throws GeneralSecurityException {
    this.pair = pair;
    this.verification = new KeySet(List.of(VerificationKey.of(pair)));
  }

  /**
   * Loads the key under a data folder, making it first when there is none.
   *
   * @param data the folder given with {@code --data}; made when absent
   * @throws IOException when the key cannot be read or written, is damaged, or is open to others;
   *     the message names the path, what is wrong and what puts it right
   */
  public static SigningKeys open(Path data) throws IOException {
    Path folder = data.resolve(FOLDER);
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      create(folder, file);
    }
    refuseOpenToOthers(folder, "700");
    refuseOpenToOthers(file, "600");
    return load(file);
  }

  /** The name of the key in the header of every token it signs. */
  public String kid() {
    return pair.getKeyID();
  }

  /** The public half, for verifying. */
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
    FileAttribute<?> folderMode = PosixFilePermissions.asFileAttribute(OWNER);
    Files.createDirectories(folder.toAbsolutePath().getParent());
    try {
      Files.createDirectory(folder, folderMode);
    } catch (FileAlreadyExistsException e) {
      // Another run was first, or an earlier one stopped half-way; its mode is checked below like
      // any other.
    }
    Path fresh =
        Files.createTempFile(
            folder, FILE, ".new", PosixFilePermissions.asFileAttribute(OWNER_FILE));
    try {
      write(fresh, generate().toJSONString());
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      // Another run was first: its key is the key.
    } finally {
      Files.deleteIfExists(fresh);
    }
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true); // or a power cut takes the key and leaves tokens signed with it
    }
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

  private static void write(Path file, String text) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static void refuseOpenToOthers(Path path, String right) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    if (!OWNER.containsAll(mode)) {
      throw new FileSystemException(
          path.toString(),
          null,
          "mode is %s, so others may know the signing key; run: chmod %s %s (or, if they may, delete %s for a new key)"
              .formatted(PosixFilePermissions.toString(mode), right, path, FILE));
    }
  }

  private static SigningKeys load(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw damaged(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
    }
    try {
      ECKey pair = ECKey.parse(Files.readString(file));
      if (!pair.isPrivate()) {
        throw damaged(file, "the private half is missing");
      }
      return new SigningKeys(pair);
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
