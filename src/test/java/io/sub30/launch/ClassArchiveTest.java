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

  private static final String VERSION = "17.0.9+9";
  private static final byte[] WHOLE = {(byte) 0xa8, (byte) 0xba, 0x0b, (byte) 0xf0, 1};
  private static final byte[] UNFINISHED = {0, 0, 0, 0, 1};

  @TempDir private Path folder;
  private Path jar = Path.of("");

  @BeforeEach
  void jar() throws IOException {
    jar = Files.writeString(folder.resolve("sub30.jar"), "a jar");
  }

  private ClassArchive archive() throws IOException {
    return ClassArchive.of(jar, VERSION);
  }

  @Test
  void options_makeIt_whenThereIsNone() throws IOException {
    assertThat(archive().file().getFileName().toString())
        .matches("sub30-17\\.0\\.9\\+9-[0-9a-f]+\\.jsa");
    assertThat(archive().options())
        .first()
        .isEqualTo("-XX:ArchiveClassesAtExit=" + archive().file());
  }

  @Test
  void options_useIt_whenItIsWhole() throws IOException {
    Files.write(archive().file(), WHOLE);

    assertThat(archive().options()).first().isEqualTo("-XX:SharedArchiveFile=" + archive().file());
    assertThat(archive().file()).exists();
  }

  @Test
  void options_makeItAnewAndDeleteTheOther_whenTheJarHasChanged() throws IOException {
    Path before = Files.write(archive().file(), WHOLE);
    Files.setLastModifiedTime(
        jar, FileTime.fromMillis(Files.getLastModifiedTime(jar).toMillis() + 10_000));

    assertThat(archive().options()).first().asString().startsWith("-XX:ArchiveClassesAtExit=");
    assertThat(archive().file()).isNotEqualTo(before);
    assertThat(before).doesNotExist();
  }

  @Test
  void options_makeItAnew_whenTheLastWasNotFinished() throws IOException {
    Files.write(archive().file(), UNFINISHED);

    assertThat(archive().options()).first().asString().startsWith("-XX:ArchiveClassesAtExit=");
  }

  @Test
  void options_areNone_whereThePathHoldsTheJvmsSeparator() throws IOException {
    jar = Files.writeString(Files.createDirectory(folder.resolve("a:b")).resolve("sub30.jar"), "");

    assertThat(archive().options()).isEmpty();
  }
}
