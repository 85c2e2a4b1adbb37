package io.sub30.faults;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.node.DataFolder;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.StoredInputs;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PostgreSQL as it is, read past the service. */
final class SystemOfRecord implements AutoCloseable {

  /**
   * A cell's saved state.
   *
   * @param bridge of the data bridge
   * @param trading of the trading engine
   */
  record Checkpoint(long ordinal, byte[] bridge, byte[] trading) {}

  private final Connection connection;

  private SystemOfRecord(Connection connection) {
    this.connection = connection;
  }

  /** The server at {@code postgresql://user:password@host:port/database}. */
  static SystemOfRecord at(URI uri) throws SQLException {
    String[] user = uri.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
    return new SystemOfRecord(DriverManager.getConnection(url, user[0], user[1]));
  }

  /** The running server of a data folder. */
  static SystemOfRecord of(DataFolder folder) throws IOException, SQLException {
    Path data = folder.postgres().resolve("data");
    String port = Files.readAllLines(data.resolve("postmaster.pid")).get(3).strip();
    String password =
        Files.readString(folder.keys().resolve("postgres.password"), StandardCharsets.US_ASCII)
            .strip();
    return at(URI.create("postgresql://sub30:" + password + "@127.0.0.1:" + port + "/sub30"));
  }

  /** What a tenant has committed, by ordinal. */
  List<StoredBatch> batches(String tenant) throws SQLException, InvalidProtocolBufferException {
    String sql =
        "select terminal, sequence, ordinal, received_msc, ticks, inputs, outcome from tick_batches"
            + " where tenant = ? order by ordinal";
    List<StoredBatch> batches = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, tenant);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          batches.add(
              StoredBatch.newBuilder()
                  .setTerminal(row.getString(1))
                  .setSequence(row.getLong(2))
                  .setOrdinal(row.getLong(3))
                  .setReceivedMsc(row.getLong(4))
                  .setTicks(TickColumns.parseFrom(row.getBytes(5)))
                  .addAllSymbols(StoredInputs.parseFrom(row.getBytes(6)).getSymbolsList())
                  .setOutcome(TickResult.parseFrom(row.getBytes(7)))
                  .build());
        }
      }
    }
    return batches;
  }

  Optional<Checkpoint> checkpoint(String tenant) throws SQLException {
    String sql =
        "select ordinal, bridge_state, trading_state from cell_checkpoints where tenant = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, tenant);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Checkpoint(row.getLong(1), row.getBytes(2), row.getBytes(3)))
            : Optional.empty();
      }
    }
  }

  /** Keys as {@code terminal/sequence/ordinal}, sorted. */
  List<String> keys(String tenant) throws SQLException {
    return texts(
        "select terminal || '/' || sequence || '/' || ordinal from batch_keys where tenant = ?"
            + " order by 1",
        tenant);
  }

  /** Ids of recorded signals, sorted. */
  List<String> signals(String tenant) throws SQLException {
    return texts("select id from signals where tenant = ? order by 1", tenant);
  }

  /** Batches as {@code terminal/sequence}, sorted, as often as they are there. */
  List<String> sequences(String tenant) throws SQLException {
    return texts(
        "select terminal || '/' || sequence from tick_batches where tenant = ? order by 1", tenant);
  }

  long ticks(String tenant) throws SQLException {
    return Long.parseLong(
        texts(
                "select coalesce(sum(tick_count), 0)::text from tick_batches where tenant = ?",
                tenant)
            .get(0));
  }

  /** The content hash of a stored batch. */
  byte[] contentHash(String tenant, String terminal, long sequence) throws SQLException {
    String sql =
        "select content_hash from batch_keys where tenant = ? and terminal = ? and sequence = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, tenant);
      statement.setString(2, terminal);
      statement.setLong(3, sequence);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBytes(1);
      }
    }
  }

  /** The epoch of a tenant's cell. */
  long epoch(String tenant) throws SQLException {
    return Long.parseLong(texts("select epoch::text from cells where tenant = ?", tenant).get(0));
  }

  /** Raises the cell's epoch, as another owner of the tenant would. */
  void takeCell(String tenant) throws SQLException {
    String sql = "update cells set epoch = epoch + 1 where tenant = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, tenant);
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("tenant " + tenant + " has no cell");
      }
    }
  }

  private List<String> texts(String sql, String tenant) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, tenant);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          texts.add(row.getString(1));
        }
      }
    }
    return texts;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
