package io.sub30.node;

import java.net.URI;
import java.nio.file.Path;

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
