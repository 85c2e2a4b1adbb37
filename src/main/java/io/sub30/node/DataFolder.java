package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything the process writes ({@code --data DIR}): readable by its owner
 * only, and served by one process at a time.
 *
 * <p>{@link #at} is enough to read or write a key beside a running server; whoever starts servers
 * in the folder calls {@link #lock} first. Blocking; for the main thread or a worker.
 */
public final class DataFolder implements AutoCloseable {

  private static final Set<PosixFilePermission> OWNER_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");

  private static final String LEDGERS = "ledgers";

  /** A process id in decimal; anything longer in the lock file is not one. */
  private static final int MAX_PID_BYTES = 20;

  private final Path root;
  private @Nullable FileChannel lock;

  private DataFolder(Path root) {
    this.root = root;
  }

  /**
   * The folder at this place, created with its parents when it is missing.
   *
   * @throws ConfigException if it is not a folder or cannot be written
   */
  public static DataFolder at(Path path) {
    try {
      Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
      Path root = path.toRealPath();
      Files.setPosixFilePermissions(root, OWNER_FOLDER);
      // A read-only mount passes every permission check; only writing tells.
      Files.delete(Files.createTempFile(root, ".probe", ""));
      return new DataFolder(root);
    } catch (FileAlreadyExistsException | NotDirectoryException e) {
      throw unusable(path, "it, or a part of its path, is a file, not a folder", e);
    } catch (AccessDeniedException e) {
      throw unusable(path, "permission denied", e);
    } catch (FileSystemException e) {
      String reason = e.getReason();
      throw unusable(path, reason == null ? "it cannot be written" : reason.toLowerCase(), e);
    } catch (IOException | UnsupportedOperationException e) {
      throw unusable(path, String.valueOf(e.getMessage()), e);
    }
  }

  private static ConfigException unusable(Path path, String reason, Exception cause) {
    return new ConfigException(
        "data folder "
            + path.toAbsolutePath().normalize()
            + " cannot be used: "
            + reason
            + "; choose a writable folder with --data",
        cause);
  }

  /**
   * Makes this process the folder's only owner until {@link #close} or its end, however it ends.
   *
   * @throws ConfigException if another process, or this one, owns it already
   */
  public DataFolder lock() {
    Path file = root.resolve("lock");
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(OWNER_FILE));
      if (!tryLock(channel)) {
        String owner = ownerOf(channel);
        channel.close();
        throw new ConfigException(
            "data folder "
                + root
                + " is in use by process "
                + owner
                + "; stop it or choose another with --data");
      }
      channel.truncate(0);
      String pid = Long.toString(ProcessHandle.current().pid());
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      lock = channel;
      return this;
    } catch (IOException e) {
      throw unusable(root, "its lock file cannot be written", e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static String ownerOf(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_PID_BYTES);
    int length = channel.read(bytes, 0);
    return length <= 0
        ? "(unknown)"
        : new String(bytes.array(), 0, length, StandardCharsets.US_ASCII);
  }

  /** Absolute, symbolic links resolved. */
  public Path root() {
    return root;
  }

  /** The PostgreSQL binaries and cluster. */
  public Path postgres() {
    return sub("postgres");
  }

  /** The Redis binary and configuration. */
  public Path redis() {
    return sub("redis");
  }

  /** The columnar store's files. */
  public Path columnar() {
    return sub("columnar");
  }

  /** Signing keys and the servers' passwords. */
  public Path keys() {
    return sub("keys");
  }

  /** Trained models. */
  public Path models() {
    return sub("models");
  }

  /** Recorded ledgers. */
  public Path ledgers() {
    return sub(LEDGERS);
  }

  /** Where the recorded ledgers of that data folder lie, for who only reads: nothing is made. */
  public static Path ledgersOf(Path data) {
    return data.resolve(LEDGERS);
  }

  /** Log files of the embedded servers. */
  public Path logs() {
    return sub("logs");
  }

  private Path sub(String name) {
    Path folder = root.resolve(name);
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
      }
      return folder;
    } catch (IOException e) {
      throw unusable(folder, "it cannot be created", e);
    }
  }

  /**
   * Writes a file that only its owner can read, whole or not at all: it is never seen half written
   * or with wider permissions, and is on disk when this returns.
   */
  static void writePrivately(Path file, String text) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(OWNER_FILE))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Gives the folder up; the lock file stays, unlocked. */
  @Override
  public void close() {
    FileChannel held = lock;
    lock = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot release " + root, e);
      }
    }
  }
}
