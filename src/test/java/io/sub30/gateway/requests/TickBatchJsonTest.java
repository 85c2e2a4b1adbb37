package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TickBatchJsonTest {
  private static BatchReading read(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return TickBatchJson.read(bytes, 0, bytes.length);
  }

  private static TickBatch accepted(String json) {
    BatchReading reading = read(json);
    assertThat(reading).isInstanceOf(BatchReading.Read.class);
    return ((BatchReading.Read) reading).batch();
  }

  private static BatchReading.Refusal refused(BatchReading reading) {
    assertThat(reading).isInstanceOf(BatchReading.Refusal.class);
    return (BatchReading.Refusal) reading;
  }

  private static String withTick(String tick) {
    return "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{\"symbol\":\"A\"}," + tick + "]}";
  }

  private static String withField(String field) {
    return "{\"terminal\":\"t\",\"sequence\":1," + field + ",\"ticks\":[{\"symbol\":\"A\"}]}";
  }

  @Test
  void read_everyField_keepsIt() {
    TickBatch batch =
        accepted(
            """
            {"ticks":[{"symbol":"EURUSD.£","time_msc":"1778236800123","bid":1.0831,"ask":1.08325,"last":null,
              "volume":0,"flags":4294967295},{"last":7e2,"symbol":"EURUSD.£"}],
             "want":["signal"],"client_rtt_us":4000000000,"server_utc_offset_s":-7200,
             "sequence":9223372036854775807,"terminal":"Desk_1.a-b"}
            """);

    assertThat(batch)
        .isEqualTo(
            TickBatch.newBuilder()
                .setTerminal("Desk_1.a-b")
                .setSequence(Long.MAX_VALUE)
                .setServerUtcOffsetS(-7_200)
                .setClientRttUs((int) 4_000_000_000L)
                .addWant("signal")
                .addTicks(
                    Tick.newBuilder()
                        .setSymbol("EURUSD.£")
                        .setTimeMsc(1_778_236_800_123L)
                        .setBid(1.0831)
                        .setAsk(1.08325)
                        .setVolume(0)
                        .setFlags(-1))
                .addTicks(Tick.newBuilder().setSymbol("EURUSD.£").setLast(700))
                .build());
  }

  @Test
  void read_partOfAnArray_readsThatPart() {
    byte[] bytes = ("xx" + withTick("{}") + "yy").getBytes(StandardCharsets.UTF_8);

    assertThat(TickBatchJson.read(bytes, 2, bytes.length - 4))
        .isInstanceOf(BatchReading.Read.class);
    refused(TickBatchJson.read(bytes, 2, bytes.length - 3));
    refused(TickBatchJson.read(bytes, 2, bytes.length - 5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"bids\":1}|ticks[1].bids is not a known field",
        "{\"Bid\":1}|ticks[1].Bid is not a known field",
        "{\"bid\":1,\"bid\":1}|ticks[1].bid is there twice",
        "{\"bid\":\"1.5\"}|ticks[1].bid is the string '1.5'; it must be a number or null",
        "{\"bid\":true}|ticks[1].bid is true",
        "{\"bid\":{}}|ticks[1].bid is an object",
        "{\"bid\":[1]}|ticks[1].bid is an array",
        "{\"bid\":1e999}|ticks[1].bid is 1e999",
        "{\"bid\":-1e999}|ticks[1].bid is -1e999",
        "{\"bid\":NaN}|ticks[1].bid",
        "{\"bid\":Infinity}|ticks[1].bid",
        "{\"bid\":-Infinity}|ticks[1].bid",
        "{\"bid\":01}|ticks[1].bid",
        "{\"bid\":.5}|ticks[1].bid",
        "{\"bid\":5.}|ticks[1].bid",
        "{\"bid\":+5}|ticks[1].bid",
        "{\"bid\":0x1}|ticks[1].bid",
        "{\"time_msc\":null}|ticks[1].time_msc is null",
        "{\"time_msc\":1.0}|ticks[1].time_msc is 1.0",
        "{\"time_msc\":1e3}|ticks[1].time_msc is 1e3",
        "{\"time_msc\":9223372036854775808}|ticks[1].time_msc is 9223372036854775808; it must be an"
            + " integer of 64 bits",
        "{\"time_msc\":\"9223372036854775808\"}|it must be an integer of 64 bits",
        "{\"time_msc\":\"01\"}|ticks[1].time_msc is the string '01'",
        "{\"time_msc\":\"+1\"}|ticks[1].time_msc",
        "{\"time_msc\":\" 1\"}|ticks[1].time_msc",
        "{\"time_msc\":\"\"}|ticks[1].time_msc",
        "{\"time_msc\":\"-\"}|ticks[1].time_msc",
        "{\"time_msc\":\"١\"}|ticks[1].time_msc",
        "{\"flags\":-1}|ticks[1].flags is -1; it must be an integer of 0 to 4294967295",
        "{\"flags\":4294967296}|ticks[1].flags is 4294967296",
        "{\"flags\":\"2\"}|ticks[1].flags is the string '2'",
        "{\"symbol\":7}|ticks[1].symbol is 7; it must be a string",
        "{\"symbol\":\"\\ud800\"}|ticks[1].symbol is the string '?'",
        "{\"symbol\":\"\\udc00\\ud800\"}|ticks[1].symbol",
        "{\"symbol\":\"A\\u0000\"}|ticks[1].symbol",
        "{\"symbol\":\"123456789012345678901234567890123\"}|ticks[1].symbol",
        "7|ticks[1] is 7; it must be a tick object",
        "null|ticks[1] is null",
        "[]|ticks[1] is an array",
        "{\"bid\":1,}|ticks[1]",
        "{\"bid\" 1}|ticks[1].bid",
        "{bid:1}|ticks[1]",
        "{'bid':1}|ticks[1]",
        "{\"bid\":1/**/}|ticks[1]",
      })
  void read_badTick_isRefusedByPlace(String tick, String detail) {
    BatchReading.Refusal refusal = refused(read(withTick(tick)));

    assertThat(refusal.fault()).isEqualTo(BatchFault.UNREADABLE);
    assertThat(refusal.detail()).contains(detail);
    assertThat(refusal.detail().length()).isLessThan(300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"tick\":[]|tick is not a known field; known are terminal",
        "\"want\":{}|want is an object; it must be an array",
        "\"sequence\":2|sequence is there twice",
        "\"want\":\"signal\"|want is the string 'signal'; it must be an array",
        "\"want\":[1]|want[0] is 1",
        "\"want\":[\"signal\",\"signal\",\"signal\"]|want[2]",
        "\"want\":null|want is null",
        "\"server_utc_offset_s\":2147483648|server_utc_offset_s is 2147483648",
        "\"server_utc_offset_s\":\"1\"|server_utc_offset_s is the string",
        "\"client_rtt_us\":-1|client_rtt_us is -1",
        "\"a\\ud800\":1|Broken surrogate pair in field name",
      })
  void read_badField_isRefusedByName(String field, String detail) {
    assertThat(refused(read(withField(field))).detail()).contains(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "7",
        "\"x\"",
        "{",
        "}",
        "{]",
        "{\"terminal\":\"t\"",
        "{}{}",
        "{}x",
        "// c\n{}",
        "\u0000{}",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{}]}}",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{}]} 1",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{},]}",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{}",
        "{\"terminal\":\"t\\x\",\"sequence\":1,\"ticks\":[{}]}",
        "{\"terminal\":\"t\n\",\"sequence\":1,\"ticks\":[{}]}",
        "{\"sequence\":1,\"ticks\":[{}]}",
        "{\"terminal\":\"t\",\"ticks\":[{}]}",
        "{\"terminal\":\"t\",\"sequence\":1}",
        "\uFEFF{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{}]}"
      })
  void read_notABatch_isRefused(String json) {
    assertThat(refused(read(json)).fault()).isEqualTo(BatchFault.UNREADABLE);
  }

  @Test
  void read_deepNesting_isRefused() {
    assertThat(refused(read("[".repeat(100_000))).fault()).isEqualTo(BatchFault.UNREADABLE);
    assertThat(refused(read(withField("\"want\":" + "[".repeat(50)))).fault())
        .isEqualTo(BatchFault.UNREADABLE);
  }

  @Test
  void read_otherEncodings_areRefused() {
    String json = withTick("{}");
    for (byte[] bytes :
        List.of(
            json.getBytes(StandardCharsets.UTF_16),
            json.getBytes(StandardCharsets.UTF_16LE),
            json.getBytes(StandardCharsets.UTF_16BE),
            withTick("{\"symbol\":\"é\"}").getBytes(StandardCharsets.ISO_8859_1),
            replaced(json, 0xC1, 0x81), // an overlong A
            replaced(json, 0xED, 0xA0, 0x80), // half a surrogate pair
            replaced(json, 0xF4, 0x90, 0x80, 0x80))) { // beyond Unicode
      assertThat(refused(TickBatchJson.read(bytes, 0, bytes.length)).fault())
          .isEqualTo(BatchFault.UNREADABLE);
    }
  }

  /** The json with its symbol made of these bytes. */
  private static byte[] replaced(String json, int... symbol) {
    byte[] bytes =
        json.replace("\"A\"", "\"" + "#".repeat(symbol.length) + "\"")
            .getBytes(StandardCharsets.UTF_8);
    int at = new String(bytes, StandardCharsets.UTF_8).indexOf('#');
    for (int i = 0; i < symbol.length; i++) {
      bytes[at + i] = (byte) symbol[i];
    }
    return bytes;
  }

  @Test
  void read_ticksAtTheLimit_isAcceptedAndBeyondIsTooMany() {
    String tick = "{\"symbol\":\"A\",\"bid\":1},";
    String most = tick.repeat(BatchLimits.MAX_TICKS - 1);
    String head = "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[";

    assertThat(accepted(head + most + "{}]}").getTicksCount()).isEqualTo(10_000);
    // The rest is not even read: it stops at the tick that is one too many.
    BatchReading.Refusal refusal = refused(read(head + most + tick + "{} nonsense"));
    assertThat(refusal.fault()).isEqualTo(BatchFault.TOO_MANY_TICKS);
    assertThat(refusal.fault().problem().status()).isEqualTo(413);
  }

  @Test
  void read_noTicks_isEmpty() {
    BatchReading.Refusal refusal =
        refused(read("{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[]}"));

    assertThat(refusal.fault()).isEqualTo(BatchFault.EMPTY);
    assertThat(refusal.fault().problem().status()).isEqualTo(400);
  }

  @Property(tries = 200)
  void read_whatWasWritten_isTheSameBatch(@ForAll("batches") TickBatch batch) {
    assertThat(accepted(Batches.json(batch))).isEqualTo(batch);
    byte[] protobuf = batch.toByteArray();
    assertThat(TickBatchProtobuf.read(protobuf, 0, protobuf.length))
        .isEqualTo(new BatchReading.Read(batch));
  }

  @Property(tries = 2_000)
  void read_anyDouble_keepsItsBits(@ForAll double value) {
    TickBatch batch = accepted(withTick("{\"bid\":" + value + "}"));

    assertThat(Double.doubleToRawLongBits(batch.getTicks(1).getBid()))
        .isEqualTo(Double.doubleToRawLongBits(value));
  }

  @Provide
  Arbitrary<TickBatch> batches() {
    return Batches.any();
  }
}
