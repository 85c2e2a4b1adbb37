package io.sub30.cli;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.gateway.Scope;
import io.sub30.gateway.SigningKeys;
import io.sub30.gateway.TokenMint;
import io.sub30.gateway.TokenRequest;
import io.sub30.node.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code token}: prints one token, signed with the key under the data folder. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints one token for a tenant.",
      "It is signed with the key under the data folder, which is made on first use; a server on the"
          + " same folder believes it."
    })
final class TokenCommand implements Callable<Integer> {

  private static final Pattern TTL = Pattern.compile("(\\d{1,9})([smhd])");

  @Option(
      names = "--tenant",
      required = true,
      paramLabel = "NAME",
      description = "Whose token it is, e.g. acme.")
  private String tenant = "";

  @Option(
      names = "--tier",
      required = true,
      paramLabel = "TIER",
      description = "free, pro or enterprise.")
  private String tier = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The server's data folder (default ./data).")
  private Path data = Path.of("data");

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "How long it is good: 90s, 30m, 24h, 7d (default 24h).")
  private String ttl = "24h";

  @Option(names = "--terminal", paramLabel = "ID", description = "Bind it to one terminal.")
  private @Nullable String terminal;

  @Option(
      names = "--scope",
      paramLabel = "NAMES",
      description =
          "What it is good for, of ticks:write, read and admin, separated by commas (default"
              + " ticks:write,read).")
  private @Nullable String scope;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "What it is revoked by, as its claim jti (default: a random one). One id is one over all"
              + " tenants.")
  private @Nullable String id;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    TokenRequest request = request();
    spec.commandLine().getOut().println(new TokenMint(open(data), EpochClock.SYSTEM).mint(request));
    return 0;
  }

  /** The signing keys of that data folder. */
  static SigningKeys open(Path data) {
    try {
      return SigningKeys.open(DataFolder.at(data).root());
    } catch (IOException e) {
      throw new ConfigException(
          "the signing key under " + data + " cannot be used: " + e.getMessage(), e);
    }
  }

  private TokenRequest request() {
    Tier named =
        Tier.of(tier)
            .orElseThrow(() -> usage("--tier " + tier + ": must be free, pro or enterprise"));
    try {
      return new TokenRequest(tenant, named, terminal, duration(), scopes(), id);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private Set<Scope> scopes() {
    return scope == null ? Scope.API : Scope.parse(scope);
  }

  private Duration duration() {
    Matcher matcher = TTL.matcher(ttl);
    if (!matcher.matches()) {
      throw usage("--ttl " + ttl + ": must be a number and a unit, s, m, h or d, e.g. 24h");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
