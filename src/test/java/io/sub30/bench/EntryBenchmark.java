package io.sub30.bench;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.LaneSnapshot;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.identity.Credentials;
import io.sub30.gateway.identity.KeyRing;
import io.sub30.gateway.identity.RevocationList;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.node.OpenRates;
import io.sub30.v1.LaneTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What every request costs before it is on its way: the token, which is remembered, looked up by
 * its hash and in the list of revoked ones, its scope, the tenant's rate, and the tenant's lane,
 * for 64 tenants in turn. Every call is timed, for its percentiles. Run as {@link BusHopBenchmark},
 * with {@code Entry} as the name.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EntryBenchmark {

  private static final int TENANTS = 64;
  private static final int LANES = 8;

  private final RateLimits rates;
  private final Credentials credentials;
  private final LaneSnapshot lanes = lanes();
  private final String[] tenants = new String[TENANTS];
  private final String[] tokens = new String[TENANTS];
  private int next;

  public EntryBenchmark() {
    Sub30Config config = Sub30Config.load(Optional.empty(), Map.of(), OpenRates.under(Map.of()));
    rates = new RateLimits(config.rates(), NanoClock.SYSTEM);
    try {
      SigningKeys keys = SigningKeys.open(Files.createTempDirectory("sub30-entry"));
      credentials =
          new Credentials(
              config.auth(),
              keys,
              KeyRing.open(config.auth(), keys),
              RevocationList.open(config.auth()),
              EpochClock.SYSTEM);
      TokenMint mint = new TokenMint(keys, EpochClock.SYSTEM);
      for (int i = 0; i < TENANTS; i++) {
        tenants[i] = "tenant-" + i;
        tokens[i] =
            mint.mint(
                new TokenRequest(
                    tenants[i],
                    Tier.ENTERPRISE,
                    null,
                    Duration.ofHours(1),
                    EnumSet.of(io.sub30.gateway.identity.Scope.ADMIN),
                    null));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the keys could not be made", e);
    }
  }

  /** -1 for a request that may not go on, which none is. */
  @Benchmark
  public int enter() {
    next = (next + 1) & (TENANTS - 1);
    if (credentials.refuseOperator(tokens[next]) != null
        || !rates.take(tenants[next], Tier.ENTERPRISE).granted()) {
      return -1;
    }
    return lanes.resolve(tenants[next], Tier.ENTERPRISE);
  }

  private static LaneSnapshot lanes() {
    LaneTable.Builder table = LaneTable.newBuilder();
    for (int lane = 0; lane < LANES; lane++) {
      for (String component : LaneSnapshot.PATH) {
        table.addEntries(Heartbeats.identity(component, lane, Tier.ENTERPRISE));
      }
    }
    return new LaneSnapshot(table.build());
  }
}
