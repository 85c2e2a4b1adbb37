package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir Path temp;

  @Test
  void at_missingFolder_createsItForTheOwnerOnly() throws IOException {
    DataFolder folder = DataFolder.at(temp.resolve("a/b"));

    assertThat(permissions(folder.root())).isEqualTo("rwx------");
    assertThat(folder.root()).isEqualTo(temp.toRealPath().resolve("a/b")).isEmptyDirectory();
  }

  @Test
  void at_existingOpenFolder_closesItToOthers() throws IOException {
    Path open = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(permissions(DataFolder.at(open).root())).isEqualTo("rwx------");
  }

  @Test
  void at_symbolicLink_isTheFolderItLeadsTo() throws IOException {
    Path target = Files.createDirectory(temp.resolve("target"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), target);

    assertThat(DataFolder.at(link).root()).isEqualTo(target.toRealPath());
  }

  @Test
  void at_file_isRefusedInOneLine() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> DataFolder.at(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "data folder %s cannot be used: it, or a part of its path, is a file, not a folder;"
                + " choose a writable folder with --data",
            file);
  }

  @Test
  void at_belowAFile_isRefusedInOneLine() throws IOException {
    Path below = Files.createFile(temp.resolve("file")).resolve("data");

    assertThatThrownBy(() -> DataFolder.at(below))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("data folder " + below + " cannot be used: ")
        .hasMessageEndingWith("choose a writable folder with --data")
        .hasMessageNotContainingAny("\n");
  }

  @Test
  void at_folderOfTheKernel_isRefusedEvenToRoot() {
    assertThatThrownBy(() -> DataFolder.at(Path.of("/proc/sub30")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("data folder /proc/sub30 cannot be used: ");
  }

  @Test
  void sub_folders_areMadeForTheOwnerOnly() throws IOException {
    DataFolder folder = DataFolder.at(temp.resolve("data"));

    for (Path sub :
        new Path[] {
          folder.postgres(),
          folder.redis(),
          folder.columnar(),
          folder.keys(),
          folder.models(),
          folder.logs()
        }) {
      assertThat(sub).hasParent(folder.root());
      assertThat(permissions(sub)).isEqualTo("rwx------");
    }
  }

  @Test
  void lock_ownedFolder_isRefusedNamingTheOwner() {
    try (DataFolder first = DataFolder.at(temp).lock()) {
      DataFolder second = DataFolder.at(temp);

      assertThatThrownBy(second::lock)
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "data folder %s is in use by process %d; stop it or choose another with --data",
              first.root(), ProcessHandle.current().pid());
    }
  }

  @Test
  void ledgersOf_aFolder_isWhereItsOwnerWritesAndMakesNothing() throws IOException {
    Path looked = DataFolder.ledgersOf(temp.toRealPath());
    assertThat(looked).doesNotExist();

    assertThat(DataFolder.at(temp).ledgers()).isEqualTo(looked).isDirectory();
    assertThat(permissions(looked)).isEqualTo("rwx------");
  }

  @Test
  void lock_afterClose_isFree() {
    DataFolder.at(temp).lock().close();

    try (DataFolder second = DataFolder.at(temp).lock()) {
      assertThat(second.root().resolve("lock")).hasContent("" + ProcessHandle.current().pid());
    }
  }

  @Test
  void lock_leftByAnOwnerWithALongerId_namesOnlyTheNewOwner() throws IOException {
    Files.writeString(temp.resolve("lock"), "4194304999");

    try (DataFolder folder = DataFolder.at(temp).lock()) {
      assertThat(folder.root().resolve("lock")).hasContent("" + ProcessHandle.current().pid());
    }
  }

  @Test
  void writePrivately_existingFile_isReplacedAndOwnerOnly() throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "a longer former secret");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));

    DataFolder.writePrivately(secret, "new");

    assertThat(secret).hasContent("new");
    assertThat(permissions(secret)).isEqualTo("rw-------");
    assertThat(temp).isDirectoryNotContaining(path -> path.toString().endsWith(".new"));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
