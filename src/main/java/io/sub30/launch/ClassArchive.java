package io.sub30.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file beside the jar that holds its classes as the JVM wants them: read, checked and laid out
 * (application class-data sharing). The JVM writes it when a server stops in order, and refuses by
 * itself one that another jar or another JVM made.
 *
 * @param file where it is or will be
 * @param jar whose classes they are
 */
record ClassArchive(Path file, Path jar) {

  /** What the JVM says of an archive it cannot use is no concern of the command's output. */
  private static final String QUIET = "-Xlog:cds=off,cds+dynamic=off";

  /** For that jar and the JVM of that version, e.g. {@code sub30-17.0.9+9.jsa}. */
  static ClassArchive of(Path jar, String javaVersion) {
    String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
    return new ClassArchive(jar.resolveSibling(name + "-" + javaVersion + ".jsa"), jar);
  }

  /**
   * The JVM's options that use it, or make it when there is none.
   *
   * @return empty when there is none and the folder may not be written
   */
  List<String> options() throws IOException {
    if (isUsable()) {
      return List.of("-XX:SharedArchiveFile=" + file, QUIET);
    }
    return Files.isWritable(file.toAbsolutePath().getParent())
        ? List.of("-XX:ArchiveClassesAtExit=" + file, QUIET)
        : List.of();
  }

  /** Of this jar, and whole: the JVM writes the first bytes last. */
  private boolean isUsable() throws IOException {
    if (!Files.isRegularFile(file)
        || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(jar)) < 0) {
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
