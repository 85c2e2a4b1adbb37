package io.sub30.cli;

import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.database.Erasure;
import io.sub30.gateway.text.Identifiers;
import io.sub30.node.DataFolder;
import io.sub30.node.TenantErasure;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code erase}: removes one tenant from every store. */
@Command(
    name = "erase",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Removes a tenant from every store and says what was removed.",
      "No server may be running on the data folder or on the configured PostgreSQL. Without --yes"
          + " nothing is removed: it says what would be, and ends with 2."
    })
final class EraseCommand implements Callable<Integer> {

  private static final String ROW = "%-12s %-18s %12s%n";

  @Option(
      names = "--tenant",
      required = true,
      paramLabel = "NAME",
      description = "Whose data are removed, e.g. acme.")
  private String tenant = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The server's configuration: it names the stores that are not its own.")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The server's data folder (default ./data).")
  private Path data = Path.of("data");

  @Option(names = "--yes", description = "Remove it; this cannot be undone.")
  private boolean yes;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!Identifiers.isTenant(tenant)) {
      throw new ParameterException(
          spec.commandLine(), "--tenant '" + tenant + "' is not " + Identifiers.TENANT_RULE);
    }
    Sub30Config loaded = Sub30Config.load(Optional.ofNullable(config), System.getenv(), Map.of());
    if (loaded.database().postgres().isEmpty() && !Files.isDirectory(data)) {
      throw new ConfigException(
          "there is no data folder "
              + data.toAbsolutePath().normalize()
              + "; name the server's with --data");
    }
    PrintWriter err = spec.commandLine().getErr();
    try (DataFolder folder = DataFolder.at(data).lock();
        TenantErasure stores =
            TenantErasure.open(loaded, folder, line -> err.println("sub30: " + line))) {
      print(yes ? stores.erase(tenant) : stores.held(tenant));
    }
    if (!yes) {
      err.println("sub30: nothing was removed; --yes removes all of that, for ever");
      return ExitCode.USAGE;
    }
    return ExitCode.OK;
  }

  private void print(List<Erasure.Line> lines) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, ROW, "store", "of " + tenant, yes ? "removed" : "there");
    for (Erasure.Line line : lines) {
      out.printf(Locale.ROOT, ROW, line.store(), line.kind(), line.rows());
    }
    out.flush();
  }
}
