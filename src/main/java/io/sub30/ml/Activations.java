package io.sub30.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which version of a model was activated by hand, and with which digest: a file of lines {@code
 * name/version sha256}. Only the content that was activated loads afterwards.
 */
record Activations(Path file) {

  /** An activated version and the digest of its {@code model.json}. */
  record Choice(int version, String digest) {}

  /**
   * All choices by name; none when there is no file.
   *
   * @throws ModelRefused when the file cannot be understood: guessing would load what nobody chose
   */
  Map<String, Choice> read() throws ModelRefused {
    Map<String, Choice> out = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.isBlank()) {
          continue;
        }
        String[] parts = line.strip().split(" ", -1);
        if (parts.length != 2) {
          throw new ModelRefused(file + ": '" + line + "' must be: name/version sha256");
        }
        ModelId id = ModelId.parse(parts[0]);
        out.put(id.name(), new Choice(id.version(), parts[1]));
      }
    } catch (NoSuchFileException e) {
      return out;
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelRefused(file + ": " + e.getMessage(), e);
    }
    return out;
  }

  /**
   * Adds or replaces one choice; the file is replaced as a whole, so a crash leaves the old one.
   */
  void record(ModelId id, String digest) throws ModelRefused, IOException {
    Map<String, Choice> all = read();
    all.put(id.name(), new Choice(id.version(), digest));
    StringBuilder text = new StringBuilder();
    all.forEach(
        (name, choice) ->
            text.append(name)
                .append('/')
                .append(choice.version())
                .append(' ')
                .append(choice.digest())
                .append('\n'));
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, text);
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
