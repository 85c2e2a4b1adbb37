package io.sub30.ml;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The models of this process: finds them, checks them, and says which one answers for a symbol.
 *
 * <p>Folders are looked at in order, the models the jar carries last. Of each name the activated
 * version is used or, when none was, the newest that is accepted; when two names speak for one
 * symbol, the one found first. A model that is refused leaves the one before it in place.
 *
 * <p>Thread: opening, {@link #reload} and {@link #activate} block and belong on a worker; asking is
 * safe from any thread.
 */
public final class ModelStore implements AutoCloseable {

  private static final String BUNDLED = "/conf/models";
  private static final String ACTIVE = "active";

  private final List<ModelSource> sources;
  private final Activations activations;
  private Map<String, OnnxModel> byName = Map.of();
  private List<ModelStatus> statuses = List.of();
  private volatile Map<String, OnnxModel> bySymbol = Map.of();

  private ModelStore(List<ModelSource> sources, Activations activations) {
    this.sources = List.copyOf(sources);
    this.activations = activations;
  }

  /**
   * Opens the store over these folders, then the models in the jar. Activations are recorded in the
   * first folder. Models that are refused are reported by {@link #statuses}.
   *
   * @throws IllegalArgumentException when no folder is given
   * @throws ModelRefused when the record of activations cannot be read
   */
  public static ModelStore open(List<Path> folders) throws ModelRefused {
    if (folders.isEmpty()) {
      throw new IllegalArgumentException("at least one model folder is needed");
    }
    List<ModelSource> sources = new ArrayList<>();
    for (Path folder : folders) {
      sources.add(new ModelSource.Folder(folder));
    }
    sources.add(new ModelSource.Bundled(BUNDLED));
    return open(sources, folders.get(0));
  }

  static ModelStore open(List<ModelSource> sources, Path activeFolder) throws ModelRefused {
    ModelStore store = new ModelStore(sources, new Activations(activeFolder.resolve(ACTIVE)));
    store.reload();
    return store;
  }

  /** Everything that was found, accepted or not. */
  public synchronized List<ModelStatus> statuses() {
    return statuses;
  }

  /** The symbols some model answers for. */
  public Set<String> symbols() {
    return bySymbol.keySet();
  }

  /** Symbol to model; a new map after every change, so that a lane sees a change by identity. */
  Map<String, OnnxModel> snapshot() {
    return bySymbol;
  }

  /**
   * Makes this version the one of its name, now and after every start. Its digest is recorded.
   *
   * @throws ModelRefused when there is no such model or it fails a check: nothing has changed then
   * @throws IOException when the activation cannot be recorded: nothing has changed then
   */
  public synchronized void activate(ModelId id) throws ModelRefused, IOException {
    ModelSource source = candidates().getOrDefault(id.name(), emptyMap()).get(id.version());
    if (source == null) {
      throw new ModelRefused("there is no model " + id);
    }
    OnnxModel probe = OnnxModel.load(id, source.files(id));
    try {
      activations.record(id, probe.digest());
    } finally {
      probe.release();
    }
    reload();
  }

  /**
   * Looks again at what is there and swaps to it.
   *
   * @throws ModelRefused when the record of activations cannot be read: nothing has changed then
   */
  public synchronized void reload() throws ModelRefused {
    Map<String, Activations.Choice> choices = activations.read();
    Map<String, OnnxModel> loaded = new LinkedHashMap<>();
    List<ModelStatus> seen = new ArrayList<>();
    for (Map.Entry<String, NavigableMap<Integer, ModelSource>> entry : candidates().entrySet()) {
      OnnxModel model = choose(entry.getKey(), entry.getValue(), choices.get(entry.getKey()), seen);
      if (model != null) {
        loaded.put(entry.getKey(), model);
      }
    }
    Map<String, OnnxModel> symbols = new HashMap<>();
    for (OnnxModel model : loaded.values()) {
      for (String symbol : model.manifest().symbols()) {
        symbols.putIfAbsent(symbol, model);
      }
    }
    Map<String, OnnxModel> before = byName;
    byName = loaded;
    statuses = List.copyOf(seen);
    bySymbol = Map.copyOf(symbols);
    // After the swap: a lane that still runs one of these holds it open until it has moved on.
    for (OnnxModel old : before.values()) {
      if (!loaded.containsValue(old)) {
        old.release();
      }
    }
  }

  /** Closes the models; lanes that still use one keep it open until they let go. */
  @Override
  public synchronized void close() {
    byName.values().forEach(OnnxModel::release);
    byName = Map.of();
    bySymbol = Map.of();
  }

  private @Nullable OnnxModel choose(
      String name,
      NavigableMap<Integer, ModelSource> versions,
      Activations.@Nullable Choice choice,
      List<ModelStatus> seen) {
    OnnxModel chosen = null;
    for (Map.Entry<Integer, ModelSource> entry : versions.descendingMap().entrySet()) {
      ModelId id = new ModelId(name, entry.getKey());
      ModelSource source = entry.getValue();
      if (chosen != null || (choice != null && choice.version() != id.version())) {
        seen.add(new ModelStatus(id, source.origin(), false, "", List.of(), "", ""));
        continue;
      }
      try {
        chosen = accept(id, source.files(id), choice);
        seen.add(status(chosen, source.origin()));
      } catch (ModelRefused e) {
        seen.add(new ModelStatus(id, source.origin(), false, "", List.of(), "", e.reason()));
      }
    }
    OnnxModel before = byName.get(name);
    if (chosen == null && before != null) {
      seen.add(status(before, "in memory"));
    }
    return chosen == null ? before : chosen;
  }

  private OnnxModel accept(ModelId id, ModelFiles files, Activations.@Nullable Choice choice)
      throws ModelRefused {
    String digest = files.digest();
    if (choice != null && !choice.digest().equals(digest)) {
      throw new ModelRefused(
          ModelManifest.FILE + ": its SHA-256 is " + digest + ", activated was " + choice.digest());
    }
    OnnxModel current = byName.get(id.name());
    if (current != null && current.manifest().id().equals(id) && current.digest().equals(digest)) {
      OnnxModel.digests(current.manifest(), files);
      return current;
    }
    return OnnxModel.load(id, files);
  }

  private static ModelStatus status(OnnxModel model, String origin) {
    ModelManifest manifest = model.manifest();
    return new ModelStatus(
        manifest.id(), origin, true, model.digest(), manifest.symbols(), manifest.verdict(), "");
  }

  /**
   * Name to version to source; names in the order they are found, the first source of a version
   * wins.
   */
  private Map<String, NavigableMap<Integer, ModelSource>> candidates() {
    Map<String, NavigableMap<Integer, ModelSource>> out = new LinkedHashMap<>();
    for (ModelSource source : sources) {
      List<ModelId> ids = new ArrayList<>(new LinkedHashSet<>(source.list()));
      ids.sort(Comparator.comparing(ModelId::name).thenComparingInt(ModelId::version));
      for (ModelId id : ids) {
        out.computeIfAbsent(id.name(), name -> new TreeMap<>()).putIfAbsent(id.version(), source);
      }
    }
    return out;
  }

  private static NavigableMap<Integer, ModelSource> emptyMap() {
    return new TreeMap<>();
  }
}
