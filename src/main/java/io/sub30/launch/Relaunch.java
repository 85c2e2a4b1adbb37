package io.sub30.launch;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.StringArray;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Begins a server's JVM again, in this same process, with an archive of its classes. The process
 * keeps its id, its files and its environment, as after {@code exec} in a shell, so whoever started
 * or watches it sees no difference.
 *
 * <p>Only {@code java -jar} on Linux is begun again, only for commands that serve, and only once.
 * Best effort: whatever is in the way, this JVM simply goes on.
 */
public final class Relaunch {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final Path EXECUTABLE = Path.of("/proc/self/exe");
  private static final String RELAUNCHED = "sub30.relaunched";

  /** The others end before an archive has paid for the second start. */
  private static final Set<String> SERVING = Set.of("run", "demo");

  /** Where a JVM's options may come from besides. */
  private static final List<String> ENVIRONMENT = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

  private Relaunch() {}

  /** The C library's. Never returns when it succeeds. */
  private interface CLibrary extends Library {
    int execv(String path, StringArray arguments);
  }

  /** Returns if this JVM is the one to go on with. Blocks for about a fifth of a second. */
  public static void withArchive(Class<?> main, String[] arguments) {
    if (arguments.length == 0
        || !SERVING.contains(arguments[0])
        || System.getProperty(RELAUNCHED) != null
        || ENVIRONMENT.stream().map(System::getenv).anyMatch(Relaunch::concernSharing)
        || !Files.isReadable(COMMAND_LINE)) {
      return;
    }
    try {
      List<String> before =
          List.of(Files.readString(COMMAND_LINE, Charset.defaultCharset()).split("\0"));
      Path jar = Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
      String java = System.getProperty("java.runtime.version", "unknown");
      List<String> after = commandLine(before, ClassArchive.of(jar, java).options());
      if (!after.isEmpty()) {
        Native.load("c", CLibrary.class)
            .execv(
                EXECUTABLE.toRealPath().toString(), new StringArray(after.toArray(String[]::new)));
      }
    } catch (IOException | URISyntaxException | RuntimeException | LinkageError e) {
      // A quicker start is not worth failing one: this JVM goes on, without an archive.
    }
  }

  /**
   * The command line with those options before all others, so that the user's own win.
   *
   * @return empty when it should not be changed: no {@code -jar}, no options, or class-data sharing
   *     is the user's already
   */
  static List<String> commandLine(List<String> before, List<String> options) {
    int jar = before.indexOf("-jar");
    if (jar < 0
        || options.isEmpty()
        || before.subList(0, jar).stream().anyMatch(Relaunch::concernsSharing)) {
      return List.of();
    }
    List<String> after = new ArrayList<>(before.subList(0, 1));
    after.add("-D" + RELAUNCHED + "=true");
    after.addAll(options);
    after.addAll(before.subList(1, before.size()));
    return after;
  }

  private static boolean concernSharing(@Nullable String options) {
    return options != null && Stream.of(options.split("\\s+")).anyMatch(Relaunch::concernsSharing);
  }

  private static boolean concernsSharing(String option) {
    return option.startsWith("-Xshare")
        || option.contains("SharedArchiveFile")
        || option.contains("ArchiveClassesAtExit")
        || option.startsWith("-agent")
        // It takes part in the loading of classes as an agent does: with an archive of ours
        // JDK 17.0.15 ends with SIGSEGV in check_shared_class_file_load_hook.
        || option.startsWith("-XX:StartFlightRecording")
        || option.startsWith("-javaagent");
  }
}
