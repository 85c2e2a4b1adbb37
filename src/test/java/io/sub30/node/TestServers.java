package io.sub30.node;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Real servers for the integration tests of other packages. Blocking. */
public final class TestServers {

  private TestServers() {}

  /** A started server; closing it stops it, its data stays. */
  public interface Server extends AutoCloseable {

    /** With user and password. */
    URI uri();

    /** Its process, for tests that halt it. */
    long pid();

    @Override
    void close();
  }

  /** PostgreSQL with its data below a folder, on a given port, or on any when it is 0. */
  public static Server postgres(Path path, int port) {
    DataFolder folder = DataFolder.at(path).lock();
    EmbeddedPostgres server =
        port == 0
            ? EmbeddedPostgres.start(folder, line -> {})
            : EmbeddedPostgres.start(folder, line -> {}, () -> port);
    return server(folder, server, server.uri(), server.pid());
  }

  /** Redis with its data below a folder, on a given port, or on any when it is 0. */
  public static Server redis(Path path, int port) {
    DataFolder folder = DataFolder.at(path).lock();
    EmbeddedRedis server =
        port == 0
            ? EmbeddedRedis.start(folder, line -> {})
            : EmbeddedRedis.start(folder, line -> {}, () -> port);
    return server(folder, server, server.uri(), server.pid());
  }

  /** Halts a server with all its processes: it accepts connections and never answers. */
  public static void halt(long pid) throws Exception {
    signal("-STOP", pid);
  }

  /** Lets a halted server go on. */
  public static void resume(long pid) throws Exception {
    signal("-CONT", pid);
  }

  private static void signal(String signal, long pid) throws Exception {
    ProcessHandle first = ProcessHandle.of(pid).orElseThrow();
    List<String> command = new ArrayList<>(List.of("kill", signal));
    try (Stream<ProcessHandle> all = Stream.concat(Stream.of(first), first.descendants())) {
      all.forEach(process -> command.add(Long.toString(process.pid())));
    }
    Process kill = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (kill.waitFor() != 0) {
      throw new IllegalStateException(told);
    }
  }

  private static Server server(DataFolder folder, AutoCloseable server, URI uri, long pid) {
    return new Server() {
      @Override
      public URI uri() {
        return uri;
      }

      @Override
      public long pid() {
        return pid;
      }

      @Override
      public void close() {
        try {
          server.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        } finally {
          folder.close();
        }
      }
    };
  }
}
