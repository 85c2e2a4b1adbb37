package io.sub30.database.query;

import static io.sub30.database.query.Source.CACHE;
import static io.sub30.database.query.Source.COLUMNAR;
import static io.sub30.database.query.Source.PRIMARY;
import static io.sub30.database.query.Source.PROCESS;
import static io.sub30.database.query.Source.REPLICA;

import java.util.List;

/** The kinds of query there are, each with who may answer it, the preferred one first. */
public enum QueryClass {
  /** A page of recorded signals. A replica spares the primary, so it may take longer. */
  SIGNALS(4, List.of(REPLICA, PRIMARY), List.of(CACHE)),

  /** The newest quote, or the last prediction, of a symbol. */
  LATEST(2, List.of(PROCESS, PRIMARY), List.of()),

  /** Bars. The primary alone knows the newest batches only, so it is the last resort. */
  BARS(4, List.of(COLUMNAR), List.of(PRIMARY));

  private final int patience;
  private final List<Source> candidates;
  private final List<Source> lastResorts;

  QueryClass(int patience, List<Source> candidates, List<Source> lastResorts) {
    this.patience = patience;
    this.candidates = candidates;
    this.lastResorts = lastResorts;
  }

  /** Those that answer in full, the preferred one first. */
  List<Source> candidates() {
    return candidates;
  }

  /** Those asked only when no candidate had an answer, in order. */
  List<Source> lastResorts() {
    return lastResorts;
  }

  /** How many times as long as the next one a preferred candidate may take. */
  int patience() {
    return patience;
  }
}
