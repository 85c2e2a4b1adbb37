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

  /** What a user writes: quickly read, and most likely to be wrong. */
  record Rules(Symbols symbols, StrategyBook strategies) {

    /**
     * Reads and checks it.
     *
     * @throws ConfigException naming the file and what is wrong in it
     */
    static Rules load(Sub30Config config) {
      Symbols symbols = Knowledge.symbols(config);
      String strategies = Sub30Config.textOf(config.strategies(), "/conf/strategies.yaml");
      return new Rules(symbols, StrategyBook.parse(strategies, symbols));
    }

    /**
     * Opens the models, which takes the most of a second.
     *
     * @throws ConfigException naming the model that cannot be used
     */
    Knowledge withModels(Sub30Config config, DataFolder folder) {
      return new Knowledge(symbols, strategies, models(config, folder));
    }
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
