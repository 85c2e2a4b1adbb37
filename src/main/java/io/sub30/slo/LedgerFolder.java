package io.sub30.slo;

import io.sub30.budget.LedgerFile;
import io.sub30.budget.Plan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder of numbered files of ledgers, bounded in number and size: a full file is followed by the
 * next number, and the oldest go. What an earlier process left is never added to, because its plan
 * may have been another. The first file is made when there is something to write.
 *
 * <p>Not thread-safe; blocks on the disk.
 */
final class LedgerFolder implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("(\\d{6,9})\\" + LedgerFile.SUFFIX);

  /**
   * What the folder may come to.
   *
   * @param files how many are kept, the one that is written to among them
   * @param fileBytes how long one may become
   */
  record Bounds(int files, long fileBytes) {}

  private final Path folder;
  private final Plan plan;
  private final Bounds bounds;
  private @Nullable LedgerFile current;

  LedgerFolder(Path folder, Plan plan, Bounds bounds) {
    this.folder = folder;
    this.plan = plan;
    this.bounds = bounds;
  }

  /**
   * Adds whole records, to the next file when the present one has no room for all of them.
   *
   * @throws IOException when they cannot be written; none of them is then
   */
  void append(ByteBuffer records) throws IOException {
    LedgerFile file = current;
    if (file != null && file.bytes() + records.remaining() > bounds.fileBytes()) {
      file.close();
      current = null;
      file = null;
    }
    if (file == null) {
      file = next();
      current = file;
    }
    file.append(records);
  }

  /** Makes the next file; only then is there one too many. */
  private LedgerFile next() throws IOException {
    TreeMap<Integer, Path> files = files();
    int number = files.isEmpty() ? 1 : files.lastKey() + 1;
    Path path = folder.resolve(String.format("%06d%s", number, LedgerFile.SUFFIX));
    LedgerFile file = LedgerFile.create(path, plan);
    List<Path> older = new ArrayList<>(files.values());
    for (int i = 0; i <= older.size() - bounds.files(); i++) {
      Files.deleteIfExists(older.get(i));
    }
    return file;
  }

  private TreeMap<Integer, Path> files() throws IOException {
    TreeMap<Integer, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path path : all) {
        Matcher name = NAME.matcher(path.getFileName().toString());
        if (name.matches()) {
          files.put(Integer.parseInt(name.group(1)), path);
        }
      }
    }
    return files;
  }

  @Override
  public void close() throws IOException {
    LedgerFile file = current;
    current = null;
    if (file != null) {
      file.close();
    }
  }
}
