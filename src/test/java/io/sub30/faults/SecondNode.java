package io.sub30.faults;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.node.OpenRates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Another node on the servers of a stage, past its proxies. Blocking; for the test's thread. */
record SecondNode(Node node, DataFolder folder) implements AutoCloseable {

  static SecondNode beside(FaultStage stage, Path root, Map<String, String> more)
      throws IOException {
    DataFolder folder = DataFolder.at(root).lock();
    Map<String, String> options = new LinkedHashMap<>(more);
    options.putAll(
        Map.of(
            "http.port", "0",
            "ops.port", "0",
            "lanes.count", "1",
            "node.warm_up", "300ms",
            "postgres.uri", stage.postgres().toString(),
            "redis.uri", stage.redis().toString()));
    Sub30Config config = Sub30Config.load(Optional.empty(), Map.of(), OpenRates.under(options));
    return new SecondNode(Node.start(config, folder, progress -> {}), folder);
  }

  /** Good at this node. */
  String token(String tenant, Tier tier) throws IOException {
    return new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, tier, null, Duration.ofHours(1)));
  }

  @Override
  public void close() throws IOException {
    node.close();
    folder.close();
  }
}
