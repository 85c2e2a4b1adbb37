package io.sub30.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The file beside the jar that holds its classes as the JVM wants them: read, checked and laid out
 * (application class-data sharing). The JVM writes it when a server stops in order, and refuses by
 * itself one that does not fit. The name tells of which JVM and of which state of the jar it is, so
 * that one of another is never looked at, even when a server outlives its jar.
 */
final class ClassArchive {

  /** What the JVM says of an archive it cannot use is no concern of the command's output. */
  private static final String QUIET = "-Xlog:cds=off,cds+dynamic=off";

  /** Where the JVM separates one archive from the next. */
  private static final String SEPARATOR = ":";

  private final Path file;
  private final String family;

  private ClassArchive(Path file, String family) {
    this.file = file;
    this.family = family;
  }

  /** For that jar as it is now, and the JVM of that version, e.g. {@code sub30-17.0.9+9-1f.jsa}. */
  static ClassArchive of(Path jar, String javaVersion) throws IOException {
    String family = jar.getFileName().toString().replaceFirst("\\.jar$", "") + "-";
    long stamp = Files.getLastModifiedTime(jar).toMillis() * 31 + Files.size(jar);
    String name = family + javaVersion + "-" + Long.toHexString(stamp) + ".jsa";
    return new ClassArchive(jar.toAbsolutePath().resolveSibling(name), family);
  }

  Path file() {
    return file;
  }

  /**
   * The JVM's options that use it, or make it when there is none; those of other states of the jar
   * are then deleted.
   *
   * @return empty when there is none and the folder may not be written, or the path cannot be told
   */
  List<String> options() throws IOException {
    Path folder = Objects.requireNonNull(file.getParent());
    if (file.toString().contains(SEPARATOR)) {
      return List.of();
    }
    if (isWhole()) {
      return List.of("-XX:SharedArchiveFile=" + file, QUIET);
    }
    if (!Files.isWritable(folder)) {
      return List.of();
    }
    deleteOthers(folder);
    return List.of("-XX:ArchiveClassesAtExit=" + file, QUIET);
  }

  private void deleteOthers(Path folder) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(folder, family + "*.jsa")) {
      for (Path other : others) {
        Files.deleteIfExists(other);
      }
    }
  }

  /** The JVM writes the first bytes last. */
  private boolean isWhole() throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      for (byte b : in.readNBytes(Integer.BYTES)) {
        if (b != 0) {
          return true;
        }
      }
      return false;
    }
  }
}
