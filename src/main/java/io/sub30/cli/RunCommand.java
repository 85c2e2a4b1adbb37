package io.sub30.cli;

import io.sub30.config.Sub30Config;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code run}: the server, until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the server.",
      "Without a configured PostgreSQL or Redis it starts its own under the data folder."
    })
final class RunCommand implements Callable<Integer> {

  @Mixin private ServerOptions options = new ServerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Sub30Config config = options.load(Map.of());
    DataFolder folder = DataFolder.at(options.data()).lock();
    CountDownLatch stopped = new CountDownLatch(1);
    Node node =
        Node.start(config, folder, line -> spec.commandLine().getErr().println("sub30: " + line));
    CompilerThreads.yieldToOthers();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  node.close();
                  folder.close();
                  Logs.close();
                  stopped.countDown();
                },
                "sub30-shutdown"));
    spec.commandLine()
        .getOut()
        .println(
            "sub30 ready in "
                + ManagementFactory.getRuntimeMXBean().getUptime()
                + " ms  api="
                + node.api().url()
                + "  ops="
                + node.ops().url());
    spec.commandLine().getOut().flush();
    stopped.await();
    return 0;
  }
}
