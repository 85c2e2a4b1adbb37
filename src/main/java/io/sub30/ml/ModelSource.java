package io.sub30.ml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where models lie. Reading blocks: never on a lane. */
sealed interface ModelSource {

  /** Largest accepted {@code model.json}. */
  int MAX_MANIFEST_BYTES = 4 << 20;

  /** What is there, in no order. Names that no model can have are passed over. */
  List<ModelId> list();

  /** The file's content, or null when it is not there. At most {@code limit} + 1 bytes are read. */
  byte @Nullable [] read(ModelId id, String file, int limit) throws IOException;

  /** For people: where this is. */
  String origin();

  /** All three files. */
  default ModelFiles files(ModelId id) throws ModelRefused {
    return new ModelFiles(
        require(id, ModelManifest.FILE, MAX_MANIFEST_BYTES),
        require(id, ModelManifest.ENCODER, OnnxInspection.MAX_BYTES),
        require(id, ModelManifest.HEAD, OnnxInspection.MAX_BYTES));
  }

  private byte[] require(ModelId id, String file, int limit) throws ModelRefused {
    byte[] bytes;
    try {
      bytes = read(id, file, limit);
    } catch (IOException e) {
      throw new ModelRefused(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (bytes == null) {
      throw new ModelRefused(file + ": is missing in " + origin() + "/" + id);
    }
    if (bytes.length > limit) {
      throw new ModelRefused(file + ": more than " + limit + " bytes");
    }
    return bytes;
  }

  /** A folder of {@code <name>/<version>/}. One that does not exist holds nothing. */
  record Folder(Path root) implements ModelSource {

    @Override
    public List<ModelId> list() {
      List<ModelId> out = new ArrayList<>();
      for (Path name : children(root)) {
        for (Path version : children(name)) {
          if (Files.isDirectory(version)) {
            add(out, name.getFileName() + "/" + version.getFileName());
          }
        }
      }
      return out;
    }

    private static List<Path> children(Path folder) {
      if (!Files.isDirectory(folder)) {
        return List.of();
      }
      try (Stream<Path> entries = Files.list(folder)) {
        return entries.toList();
      } catch (IOException e) {
        return List.of();
      }
    }

    private static void add(List<ModelId> out, String text) {
      try {
        out.add(ModelId.parse(text));
      } catch (IllegalArgumentException e) {
        // Not a model's folder: a temporary one while a model is being written, or someone's notes.
      }
    }

    @Override
    public byte @Nullable [] read(ModelId id, String file, int limit) throws IOException {
      Path path = root.resolve(id.name()).resolve(Integer.toString(id.version())).resolve(file);
      if (!Files.isRegularFile(path)) {
        return null;
      }
      try (InputStream in = Files.newInputStream(path)) {
        return in.readNBytes(limit + 1);
      }
    }

    @Override
    public String origin() {
      return root.toString();
    }
  }

  /** The defaults the jar carries; a class path cannot be listed, so a file names them. */
  record Bundled(String root) implements ModelSource {

    private static final int MAX_INDEX_BYTES = 64 << 10;

    @Override
    public List<ModelId> list() {
      try {
        byte[] index = resource(root + "/index", MAX_INDEX_BYTES);
        if (index == null) {
          return List.of();
        }
        return new String(index, StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(ModelId::parse)
            .toList();
      } catch (IOException e) {
        throw new IllegalStateException("the index of the models in the jar cannot be read", e);
      }
    }

    @Override
    public byte @Nullable [] read(ModelId id, String file, int limit) throws IOException {
      return resource(root + "/" + id + "/" + file, limit);
    }

    private static byte @Nullable [] resource(String path, int limit) throws IOException {
      try (InputStream in = ModelSource.class.getResourceAsStream(path)) {
        return in == null ? null : in.readNBytes(limit + 1);
      }
    }

    @Override
    public String origin() {
      return "jar:" + root;
    }
  }
}
