package io.sub30.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

  private static final byte[] WHOLE = {(byte) 0xa8, (byte) 0xba, 0x0b, (byte) 0xf0, 1};
  private static final byte[] UNFINISHED = {0, 0, 0, 0, 1};

  @TempDir private Path folder;
  private Path jar;
  private ClassArchive archive;

  @BeforeEach
  void jar() throws IOException {
    jar = Files.writeString(folder.resolve("sub30.jar"), "a jar");
    archive = ClassArchive.of(jar, "17.0.9+9");
  }

  @Test
  void options_makeIt_whenThereIsNone() throws IOException {
    assertThat(archive.options())
        .first()
        .isEqualTo("-XX:ArchiveClassesAtExit=" + folder.resolve("sub30-17.0.9+9.jsa"));
  }

  @Test
  void options_useIt_whenItIsWhole() throws IOException {
    Files.write(archive.file(), WHOLE);

    assertThat(archive.options()).first().isEqualTo("-XX:SharedArchiveFile=" + archive.file());
  }

  @Test
  void options_makeItAnew_whenTheJarIsNewer() throws IOException {
    Files.write(archive.file(), WHOLE);
    Files.setLastModifiedTime(
        jar, FileTime.fromMillis(Files.getLastModifiedTime(jar).toMillis() + 10_000));

    assertThat(archive.options()).first().asString().startsWith("-XX:ArchiveClassesAtExit=");
  }

  @Test
  void options_makeItAnew_whenTheLastWasNotFinished() throws IOException {
    Files.write(archive.file(), UNFINISHED);

    assertThat(archive.options()).first().asString().startsWith("-XX:ArchiveClassesAtExit=");
  }
}
