package io.sub30.node;

import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.market.Symbols;
import io.sub30.ml.ModelRefused;
import io.sub30.ml.ModelStore;
import io.sub30.trading.StrategyBook;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is read from files before anything is served: the symbol table, the strategies and the
 * models. Blocking.
 *
 * @param models to be closed when the last lane has stopped
 */
record Knowledge(Symbols symbols, StrategyBook strategies, ModelStore models) {

  /**
   * Reads and checks all of it.
   *
   * @throws ConfigException naming the file and what is wrong in it
   */
  static Knowledge load(Sub30Config config, DataFolder folder) {
    Symbols symbols = symbols(config);
    String strategies = Sub30Config.textOf(config.strategies(), "/conf/strategies.yaml");
    return new Knowledge(symbols, StrategyBook.parse(strategies, symbols), models(config, folder));
  }

  /** The symbol table alone. */
  static Symbols symbols(Sub30Config config) {
    return Symbols.parse(Sub30Config.textOf(config.symbols(), "/conf/symbols.yaml"));
  }

  private static ModelStore models(Sub30Config config, DataFolder folder) {
    List<Path> folders = new ArrayList<>();
    config.models().ifPresent(folders::add);
    folders.add(folder.models());
    try {
      return ModelStore.open(folders);
    } catch (ModelRefused e) {
      throw new ConfigException("the models cannot be opened: " + e.reason(), e);
    }
  }
}
