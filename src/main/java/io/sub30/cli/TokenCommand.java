package io.sub30.cli;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
      "Prints one token for a tenant, or with --rotate makes another key the one that signs.",
      "It is signed with the key under the data folder, which is made on first use; a server on the"
          + " same folder believes it."
    })
final class TokenCommand implements Callable<Integer> {

  private static final Pattern TTL = Pattern.compile("(\\d{1,9})([smhd])");

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "Whose token it is, e.g. acme; always needed for one.")
  private @Nullable String tenant;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      description = "free, pro or enterprise; always needed for one.")
  private @Nullable String tier;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The server's data folder (default ./data).")
  private Path data = Path.of("data");

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "How long it is good: 90s, 30m, 24h, 7d (default 24h).")
  private @Nullable String ttl;

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

  @Option(
      names = "--rotate",
      description =
          "Make another key the one that signs, and no token. A server on the folder believes the"
              + " new one's tokens within its auth.refresh.")
  private boolean rotate;

  @Option(
      names = "--keep",
      paramLabel = "TIME",
      description =
          "With --rotate: how long the tokens of the key before count on, 0s to 366d (default 366d,"
              + " the longest a token may live).")
  private @Nullable String keep;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (rotate) {
      return rotate();
    }
    if (keep != null) {
      throw usage("--keep " + keep + ": needs --rotate");
    }
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

  private int rotate() {
    if (Stream.of(tenant, tier, terminal, ttl, scope, id).anyMatch(Objects::nonNull)) {
      throw usage("--rotate makes no token: give --data and --keep alone with it");
    }
    Duration kept = keep == null ? SigningKeys.MAX_KEEP : duration("--keep", keep);
    if (kept.compareTo(SigningKeys.MAX_KEEP) > 0) {
      throw usage("--keep " + keep + ": must be 0s to 366d");
    }
    try {
      SigningKeys now = SigningKeys.rotate(DataFolder.at(data).root(), kept, EpochClock.SYSTEM);
      Instant until = Instant.ofEpochMilli(EpochClock.SYSTEM.epochMillis()).plus(kept);
      spec.commandLine()
          .getOut()
          .println(
              "key "
                  + now.kid()
                  + " signs from now on; tokens of the key before count until "
                  + until.truncatedTo(ChronoUnit.SECONDS)
                  + "; a server takes both over within its auth.refresh");
      return 0;
    } catch (IOException e) {
      throw new ConfigException("the signing key cannot be rotated: " + e.getMessage(), e);
    }
  }

  private TokenRequest request() {
    String whose = needed("--tenant=NAME", tenant);
    String of = needed("--tier=TIER", tier);
    Tier named =
        Tier.of(of).orElseThrow(() -> usage("--tier " + of + ": must be free, pro or enterprise"));
    Duration life = duration("--ttl", ttl == null ? "24h" : ttl);
    try {
      return new TokenRequest(whose, named, terminal, life, scopes(), id);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private Set<Scope> scopes() {
    return scope == null ? Scope.API : Scope.parse(scope);
  }

  private String needed(String option, @Nullable String value) {
    if (value == null) {
      throw usage("Missing required option: '" + option + "'");
    }
    return value;
  }

  private Duration duration(String option, String text) {
    Matcher matcher = TTL.matcher(text);
    if (!matcher.matches()) {
      throw usage(option + " " + text + ": must be a number and a unit, s, m, h or d, e.g. 24h");
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
