package io.sub30.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A road to a server that can be long or closed: it passes bytes on, each answer later by a given
 * time, and can refuse connections as a closed port does. Thread-safe; a thread a direction.
 */
final class TcpProxy implements AutoCloseable {

  private static final int BUFFER_BYTES = 65_536;
  private static final int BACKLOG = 128;

  private final int targetPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final int port;
  private volatile ServerSocket listener;
  private volatile long delayMillis;

  /** On a free port of the loopback interface, to another port there. */
  TcpProxy(int targetPort) throws IOException {
    this.targetPort = targetPort;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    serve(listener);
  }

  int port() {
    return port;
  }

  /** Every answer comes later by so much from now on; 0: not at all. */
  void delay(long millis) {
    delayMillis = millis;
  }

  /** Cuts every connection; new ones are refused by the kernel. */
  void refuse() throws IOException {
    listener.close();
    sockets.forEach(TcpProxy::shut);
  }

  /** Connections are accepted again. */
  void accept() throws IOException {
    listener = listen(port);
    serve(listener);
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    return socket;
  }

  private void serve(ServerSocket from) {
    daemon(
        () -> {
          while (!from.isClosed()) {
            Socket client = from.accept();
            sockets.add(client);
            try {
              connect(client);
            } catch (IOException e) {
              shut(client); // the server itself is away
            }
          }
        });
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
    server.setTcpNoDelay(true);
    client.setTcpNoDelay(true);
    sockets.add(server);
    daemon(() -> pump(client, server, false));
    daemon(() -> pump(server, client, true));
  }

  private void pump(Socket from, Socket to, boolean answers) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (answers && delayMillis > 0) {
          Thread.sleep(delayMillis);
        }
        out.write(buffer, 0, read);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One end is gone: the other was closed with it.
                return;
              }
            },
            "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    refuse();
  }
}
