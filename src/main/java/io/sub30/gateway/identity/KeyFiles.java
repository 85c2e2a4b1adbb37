package io.sub30.gateway.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner may read or replace. */
final class KeyFiles {
  static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private KeyFiles() {}

  /**
   * Refuses what others could have read or replaced.
   *
   * @param right the mode it should have, as {@code chmod} takes it
   * @param remedy what else may be done
   */
  static void requireOwnersAlone(Path path, String right, String remedy) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    if (!OWNER.containsAll(mode)) {
      throw new FileSystemException(
          path.toString(),
          null,
          "mode is %s, so others may know the signing key; run: chmod %s %s (or, if they may, %s)"
              .formatted(PosixFilePermissions.toString(mode), right, path, remedy));
    }
  }

  /** A new file beside that one, for its owner alone, whose text is on disk. */
  static Path fresh(Path file, String text) throws IOException {
    Path fresh =
        Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new", OWNER_FILE);
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    return fresh;
  }

  /** Puts that text into the file's place, whole or not at all; it is on disk when this returns. */
  static void replace(Path file, String text) throws IOException {
    Path fresh = fresh(file, text);
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    sync(file);
  }

  /** Makes a file's place in its folder durable. */
  static void sync(Path file) throws IOException {
    try (FileChannel entries = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      entries.force(true);
    }
  }
}
