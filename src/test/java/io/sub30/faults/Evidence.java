package io.sub30.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Figures that a test saw, kept in {@code target/evidence} and printed. */
final class Evidence {

  private static final Path FOLDER = Path.of("target", "evidence");

  private Evidence() {}

  static void write(String file, List<String> lines) throws IOException {
    Files.createDirectories(FOLDER);
    Files.write(FOLDER.resolve(file), lines);
    lines.forEach(System.out::println);
  }
}
