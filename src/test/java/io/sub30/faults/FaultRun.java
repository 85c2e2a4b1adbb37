package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sub30.budget.Tier;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.StoredCounts;
import io.sub30.faults.FaultyEdge.Fault;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.Node;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One seed's sequence of sends and faults, and what must hold after each. */
final class FaultRun implements AutoCloseable {

  static final String TENANT_PREFIX = "faults-";

  private static final int LANE = 0; // the only one
  private static final int TERMINALS = 3;

  /** What is sent, and what becomes of its commit. The weight says how often. */
  enum Kind {
    PASSED(6, Fault.NONE),
    FAILED(3, Fault.FAILED),
    UNKNOWN_COMMITTED(3, Fault.UNKNOWN_COMMITTED),
    UNKNOWN_NOT_SENT(3, Fault.UNKNOWN_NOT_SENT),
    LATE(3, Fault.LATE),
    RACING(3, Fault.RACING),
    /** Another owner has taken the cell just before. */
    CELL_TAKEN(2, Fault.NONE),
    /** An acknowledged batch is sent again. */
    REPEATED(2, Fault.NONE),
    /** An acknowledged sequence is sent with other content. */
    CONFLICTING(2, Fault.NONE),
    /** No tick is valid. */
    NOTHING_VALID(1, Fault.NONE);

    final int weight;
    final Fault fault;

    Kind(int weight, Fault fault) {
      this.weight = weight;
      this.fault = fault;
    }
  }

  /** One terminal: what it has sent, and the batch it has no acknowledgement for yet. */
  private static final class Terminal {
    final String tenant;
    final String name;
    final TickScript script;
    final TreeMap<Long, TickBatch> sent = new TreeMap<>();
    final TreeMap<Long, TickResult> acknowledged = new TreeMap<>();
    @Nullable TickBatch pending;

    Terminal(String tenant, String name, TickScript script) {
      this.tenant = tenant;
      this.name = name;
      this.script = script;
    }

    TickBatch nextOrPending() throws IOException {
      TickBatch batch = pending;
      if (batch == null) {
        batch = script.next(acknowledged.size() + 1L);
        pending = batch;
        sent.put(batch.getSequence(), batch);
      }
      return batch;
    }

    String key(long sequence) {
      return name + '/' + sequence;
    }
  }

  private final Node node;
  private final FaultyEdge edge;
  private final SystemOfRecord record;
  private final CellProbe probe;
  private final Random random;
  private final List<Terminal> terminals = new ArrayList<>();
  private final Map<String, Sub30Client> clients = new TreeMap<>();
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private final Set<String> taken = new TreeSet<>();
  private final Set<String> closed = new TreeSet<>();
  private final String seedText;
  private int steps;
  private int unplanned;
  private int repeatedAnswers;
  private int lateWrites;
  private int racesCommitted;
  private int recomputedBatches;
  private int checkpointsUsed;

  FaultRun(Node node, FaultyEdge edge, SystemOfRecord record, TokenMint mint, long seed)
      throws IOException {
    this.node = node;
    this.edge = edge;
    this.record = record;
    this.probe = new CellProbe(node.bus(), LANE);
    this.random = new Random(seed);
    this.seedText = "seed " + seed;
    for (String suffix : List.of("a", "b")) {
      String tenant = TENANT_PREFIX + seed + suffix;
      String token = mint.mint(new TokenRequest(tenant, Tier.FREE, null, Duration.ofHours(1)));
      clients.put(
          tenant,
          new Sub30Client(node.vertx(), ClientOptions.of(URI.create(node.api().url()), token)));
      for (int n = 1; n <= TERMINALS; n++) {
        terminals.add(
            new Terminal(
                tenant, "desk-" + n, new TickScript("desk-" + n, new Random(random.nextLong()))));
      }
    }
  }

  /** Sends one batch with one fault, releases what is late, and compares. */
  void step() throws Exception {
    steps++;
    Terminal terminal = terminals.get(random.nextInt(terminals.size()));
    Kind kind = kind(terminal);
    edge.ripen();
    boolean releasedBefore = random.nextBoolean();
    if (releasedBefore) {
      releaseLate();
    }
    send(terminal, kind, !releasedBefore);
    compare(terminal.tenant);
  }

  private Kind kind(Terminal terminal) {
    if (taken.contains(terminal.tenant)) {
      return Kind.CELL_TAKEN; // still: no write has found out yet
    }
    Kind drawn = draw();
    boolean nothingYet = terminal.acknowledged.isEmpty();
    return switch (drawn) {
      // Nothing was acknowledged yet, so nothing can be sent again.
      case REPEATED, CONFLICTING -> nothingYet ? Kind.PASSED : drawn;
      // Who finds the cell closed takes it anew, so nobody would be fenced off.
      case CELL_TAKEN -> nothingYet || closed.contains(terminal.tenant) ? Kind.PASSED : drawn;
      // The sequence must be free.
      case NOTHING_VALID -> terminal.pending != null ? Kind.PASSED : drawn;
      default -> drawn;
    };
  }

  private Kind draw() {
    List<Kind> missing = Stream.of(Kind.values()).filter(kind -> count(kind) == 0).toList();
    if (steps % 3 == 0 && !missing.isEmpty()) {
      return missing.get(random.nextInt(missing.size()));
    }
    int total = 0;
    for (Kind kind : Kind.values()) {
      total += kind.weight;
    }
    int left = random.nextInt(total);
    for (Kind kind : Kind.values()) {
      left -= kind.weight;
      if (left < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("the weights do not add up");
  }

  private void send(Terminal terminal, Kind kind, boolean releaseMeanwhile) throws Exception {
    TickBatch batch = batch(terminal, kind);
    boolean storedBefore = isStored(terminal, batch.getSequence());
    String what = describe(terminal, kind, batch);
    if (kind == Kind.CELL_TAKEN && taken.add(terminal.tenant)) {
      record.takeCell(terminal.tenant);
    }
    closed.remove(terminal.tenant);
    edge.arm(kind.fault);
    Future<Answer> answering = submit(terminal.tenant, batch);
    if (releaseMeanwhile) {
      releaseLate();
    }
    Answer answer = Waiting.on(answering);
    probe.settled(terminal.tenant);
    int writes = edge.disarm();
    if (writes > 0 && taken.remove(terminal.tenant)) {
      closed.add(terminal.tenant);
    }
    boolean stored = isStored(terminal, batch.getSequence());
    if (answer.acknowledged()) {
      assertThat(stored).as("%s: acknowledged, so stored", what).isTrue();
    }
    switch (kind) {
      case REPEATED -> repeated(terminal, batch, answer, writes, what);
      case CONFLICTING -> {
        assertThat(writes).as(what).isZero();
        note(kind, answer.status() == 409, answer);
        assertThat(answer.acknowledged()).as(what).isFalse();
      }
      case NOTHING_VALID -> {
        assertThat(writes).as(what).isZero();
        assertThat(stored).as(what).isFalse();
        assertThat(answer.acknowledged()).as(what).isFalse();
        note(kind, answer.status() == 422, answer);
      }
      default -> sent(terminal, new Sent(kind, batch, answer, storedBefore, stored, writes), what);
    }
  }

  /**
   * From a context of its own: on a foreign thread the client may attach to a response whose body
   * has passed already, and would wait for it for ever.
   */
  private Future<Answer> submit(String tenant, TickBatch batch) {
    Sub30Client client = Objects.requireNonNull(clients.get(tenant));
    Promise<Answer> answer = Promise.promise();
    node.vertx().runOnContext(turn -> client.submit(batch).onComplete(answer));
    return answer.future();
  }

  private TickBatch batch(Terminal terminal, Kind kind) throws IOException {
    return switch (kind) {
      case REPEATED -> anyAcknowledged(terminal);
      case CONFLICTING -> TickScript.altered(anyAcknowledged(terminal));
      case NOTHING_VALID -> terminal.script.bad(terminal.acknowledged.size() + 1L);
      default -> terminal.nextOrPending();
    };
  }

  private TickBatch anyAcknowledged(Terminal terminal) {
    List<Long> sequences = List.copyOf(terminal.acknowledged.keySet());
    return Objects.requireNonNull(
        terminal.sent.get(sequences.get(random.nextInt(sequences.size()))));
  }

  private void repeated(
      Terminal terminal, TickBatch batch, Answer answer, int writes, String what) {
    assertThat(writes).as(what).isZero();
    note(Kind.REPEATED, answer.acknowledged(), answer);
    if (answer.acknowledged()) {
      TickResult result = Objects.requireNonNull(answer.result());
      assertThat(result.getDuplicate()).as(what).isTrue();
      assertThat(bare(result)).as(what).isEqualTo(terminal.acknowledged.get(batch.getSequence()));
    }
  }

  /** What was sent as new, and what was seen of it. */
  private record Sent(
      Kind kind, TickBatch batch, Answer answer, boolean before, boolean after, int writes) {}

  private void sent(Terminal terminal, Sent sent, String what) {
    if (sent.answer.acknowledged()) {
      TickResult result = Objects.requireNonNull(sent.answer.result());
      assertThat(result.getDuplicate()).as(what).isEqualTo(sent.before);
      terminal.acknowledged.put(sent.batch.getSequence(), bare(result));
      terminal.pending = null;
    }
    if (sent.before) { // an earlier commit whose answer was lost
      assertThat(sent.writes).as(what).isZero();
      if (sent.answer.acknowledged()) {
        repeatedAnswers++;
      } else {
        unplanned++;
      }
      return;
    }
    if (sent.writes == 0) { // refused on the way, so there was no commit to go wrong
      assertThat(sent.after).as(what).isFalse();
      unplanned++;
      return;
    }
    assertThat(sent.writes).as(what).isEqualTo(1);
    if (sent.kind == Kind.PASSED) {
      // Without a fault only the client's patience can have ended before the answer came.
      assertThat(sent.after).as(what).isTrue();
      note(sent.kind, sent.answer.acknowledged(), sent.answer);
      return;
    }
    assertThat(sent.answer.acknowledged()).as(what).isFalse();
    assertThat(sent.answer.retriable()).as("%s: %s", what, sent.answer.summary()).isTrue();
    note(sent.kind, true, sent.answer);
    if (sent.kind == Kind.RACING) {
      race(sent.after, what);
    } else {
      assertThat(sent.after).as(what).isEqualTo(sent.kind == Kind.UNKNOWN_COMMITTED);
    }
  }

  /** Whoever won, the commit's own answer must say what is stored. */
  private void race(boolean stored, String what) {
    for (Future<List<Written>> race : edge.takeRacing()) {
      assertThat(Waiting.on(race))
          .as(what)
          .containsExactly(stored ? Written.STORED : Written.FENCED);
    }
    if (stored) {
      racesCommitted++;
    }
  }

  /** Late writes find that their cell's epoch is over, and write nothing. */
  private void releaseLate() {
    for (Future<List<Written>> late : edge.release()) {
      assertThat(Waiting.on(late))
          .as("%s, step %d: late", seedText, steps)
          .containsExactly(Written.FENCED);
      lateWrites++;
    }
  }

  /** The machine may be slow beyond a request's time; that is counted and must stay rare. */
  private void note(Kind kind, boolean asPlanned, Answer answer) {
    if (asPlanned) {
      counts.merge(kind, 1, Integer::sum);
    } else {
      assertThat(answer.retriable())
          .as("%s, step %d, %s: %s", seedText, steps, kind, answer.summary())
          .isTrue();
      unplanned++;
    }
  }

  private boolean isStored(Terminal terminal, long sequence) throws Exception {
    return record.sequences(terminal.tenant).contains(terminal.key(sequence));
  }

  private String describe(Terminal terminal, Kind kind, TickBatch batch) {
    return "%s, step %d: %s of %s/%s/%d"
        .formatted(
            seedText,
            steps,
            kind.name().toLowerCase(Locale.ROOT),
            terminal.tenant,
            terminal.name,
            batch.getSequence());
  }

  // ---- the comparison

  private void compare(String tenant) throws Exception {
    String what = seedText + ", after step " + steps + ", tenant " + tenant;
    CellProbe.State cell = probe.settled(tenant);
    List<StoredBatch> stored = record.batches(tenant);
    compareRecord(tenant, stored, what);
    CellProbe.State anew = probe.recomputed(ByteString.EMPTY, ByteString.EMPTY, stored);
    recomputedBatches += stored.size();
    assertThat(cell.bridge()).as("%s: bridge, from nothing", what).isEqualTo(anew.bridge());
    assertThat(cell.trading()).as("%s: trading, from nothing", what).isEqualTo(anew.trading());
    var checkpoint = record.checkpoint(tenant);
    if (checkpoint.isPresent()) {
      long from = checkpoint.get().ordinal();
      CellProbe.State later =
          probe.recomputed(
              ByteString.copyFrom(checkpoint.get().bridge()),
              ByteString.copyFrom(checkpoint.get().trading()),
              stored.stream().filter(batch -> batch.getOrdinal() > from).toList());
      assertThat(cell.bridge()).as("%s: bridge, from %d", what, from).isEqualTo(later.bridge());
      assertThat(cell.trading()).as("%s: trading, from %d", what, from).isEqualTo(later.trading());
      checkpointsUsed++;
    }
  }

  private void compareRecord(String tenant, List<StoredBatch> stored, String what)
      throws Exception {
    List<String> keys = new ArrayList<>();
    List<String> signals = new ArrayList<>();
    Map<String, TickResult> outcomes = new TreeMap<>();
    for (int i = 0; i < stored.size(); i++) {
      StoredBatch batch = stored.get(i);
      assertThat(batch.getOrdinal()).as("%s: ordinals have no gaps", what).isEqualTo(i + 1);
      String key = batch.getTerminal() + '/' + batch.getSequence();
      keys.add(key + '/' + batch.getOrdinal());
      assertThat(outcomes.put(key, batch.getOutcome())).as("%s: %s twice", what, key).isNull();
      for (Signal signal : batch.getOutcome().getSignalsList()) {
        if (signal.getSide() == Side.BUY || signal.getSide() == Side.SELL) {
          signals.add(signal.getId());
        }
      }
    }
    assertThat(record.keys(tenant)).as("%s: keys", what).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(record.signals(tenant))
        .as("%s: signals", what)
        .containsExactlyInAnyOrderElementsOf(signals);
    for (Terminal terminal : terminals) {
      if (terminal.tenant.equals(tenant)) {
        terminal.acknowledged.forEach(
            (sequence, result) ->
                assertThat(outcomes.remove(terminal.key(sequence)))
                    .as("%s: outcome of %s", what, terminal.key(sequence))
                    .isEqualTo(result));
        TickBatch pending = terminal.pending;
        if (pending != null) {
          outcomes.remove(terminal.key(pending.getSequence()));
        }
      }
    }
    assertThat(outcomes.keySet()).as("%s: stored, but never sent", what).isEmpty();
  }

  /** A result without what belongs to one request only. */
  private static TickResult bare(TickResult result) {
    return result.toBuilder()
        .clearRequestId()
        .clearTenant()
        .clearTier()
        .clearBudget()
        .clearDuplicate()
        .build();
  }

  // ---- the end

  /** Gets everything acknowledged, then compares with both stores. */
  void finish() throws Exception {
    edge.ripen();
    releaseLate();
    for (Terminal terminal : terminals) {
      for (int attempt = 0; terminal.pending != null && attempt < 20; attempt++) {
        send(terminal, taken.contains(terminal.tenant) ? Kind.CELL_TAKEN : Kind.PASSED, false);
      }
      assertThat(terminal.pending).as("%s: %s", seedText, terminal.name).isNull();
      compare(terminal.tenant);
    }
    Waiting.on(node.storage().caughtUp());
    for (Terminal terminal : terminals) {
      List<Long> acknowledged = List.copyOf(terminal.acknowledged.keySet());
      StoredCounts stores =
          Waiting.on(
              node.storage().count(node.vertx(), terminal.tenant, terminal.name, acknowledged));
      assertThat(stores.complete(acknowledged.size())).as("%s: %s", seedText, stores).isTrue();
      assertThat(stores.recordedBatches())
          .as("%s: %s", seedText, stores)
          .isEqualTo(acknowledged.size());
    }
    assertThat(unplanned).as("%s: requests beyond their time", seedText).isLessThan(steps / 4);
  }

  int count(Kind kind) {
    return counts.getOrDefault(kind, 0);
  }

  int signals() throws Exception {
    int signals = 0;
    for (String tenant : clients.keySet()) {
      signals += record.signals(tenant).size();
    }
    return signals;
  }

  int checkpoints() {
    return checkpointsUsed;
  }

  String summary() throws Exception {
    int acknowledged = 0;
    int ticks = 0;
    int rejected = 0;
    for (Terminal terminal : terminals) {
      acknowledged += terminal.acknowledged.size();
      for (TickResult result : terminal.acknowledged.values()) {
        ticks += result.getAccepted();
        rejected += result.getRejectedCount();
      }
    }
    return counts
        + ", late writes released "
        + lateWrites
        + ", races won by the commit "
        + racesCommitted
        + ", lost answers repeated "
        + repeatedAnswers
        + ", refused for lack of time "
        + unplanned
        + "; acknowledged = in PostgreSQL = in DuckDB: "
        + acknowledged
        + " batches, "
        + ticks
        + " ticks ("
        + rejected
        + " rejected), "
        + signals()
        + " signals; batches recomputed "
        + recomputedBatches
        + ", comparisons with a checkpoint "
        + checkpointsUsed;
  }

  @Override
  public void close() throws IOException {
    for (Terminal terminal : terminals) {
      terminal.script.close();
    }
    clients.values().forEach(client -> Waiting.on(client.close()));
  }
}
