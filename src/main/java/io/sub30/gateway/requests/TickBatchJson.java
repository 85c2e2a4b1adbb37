package io.sub30.gateway.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.sub30.gateway.text.Identifiers;
import io.sub30.gateway.text.Refused;
import io.sub30.gateway.text.StrictJson;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a TickBatch from JSON.
 *
 * <p>Strict where leniency would lose data: an unknown field is refused by name, because a client
 * that writes {@code bids} must not find its prices silently gone; so are a repeated field, null
 * anywhere but for a price or a volume, a fraction where an integer belongs, and anything after the
 * object. {@code terminal}, {@code sequence} and {@code ticks} must be there; a forgotten sequence
 * would otherwise be 0 for ever, and the second batch a conflict.
 *
 * <p>Any thread; one object per call. 20 ticks take some 20 µs warm.
 */
public final class TickBatchJson {
  private static final int MAX_SYNTAX_SHOWN = 160;

  private static final int TERMINAL = 1;
  private static final int SEQUENCE = 1 << 1;
  private static final int OFFSET = 1 << 2;
  private static final int RTT = 1 << 3;
  private static final int WANT = 1 << 4;
  private static final int TICKS = 1 << 5;

  private static final int SYMBOL = 1;
  private static final int TIME = 1 << 1;
  private static final int BID = 1 << 2;
  private static final int ASK = 1 << 3;
  private static final int LAST = 1 << 4;
  private static final int VOLUME = 1 << 5;
  private static final int FLAGS = 1 << 6;

  private final JsonParser parser;
  private final TickBatch.Builder batch = TickBatch.newBuilder();
  private final Tick.Builder tick = Tick.newBuilder();
  private String symbol = "";

  private TickBatchJson(JsonParser parser) {
    this.parser = parser;
  }

  /** Thrown inside, to stop reading a batch at its 10,001st tick instead of at its last. */
  private static final class TooMany extends Exception {
    private static final long serialVersionUID = 1;

    TooMany() {
      super("too many ticks", null, false, false);
    }
  }

  /** Reads {@code bytes[offset, offset + length)}; the bytes are not kept. */
  public static BatchReading read(byte[] bytes, int offset, int length) {
    String encodingFault = StrictJson.encodingFault(bytes, offset, length);
    if (encodingFault != null) {
      return unreadable(encodingFault);
    }
    try (JsonParser parser = StrictJson.KNOWN_FIELDS.createParser(bytes, offset, length)) {
      try {
        TickBatch batch = new TickBatchJson(parser).read();
        BatchReading.@Nullable Refusal refusal = BatchLimits.check(batch);
        return refusal != null ? refusal : new BatchReading.Read(batch);
      } catch (Refused e) {
        return unreadable(e.detail());
      } catch (TooMany e) {
        return BatchLimits.tooManyTicks();
      } catch (StreamConstraintsException e) {
        return unreadable(
            JsonFields.place(parser.getParsingContext()) + " is too long or too deeply nested");
      } catch (JsonProcessingException e) {
        return unreadable(syntaxFault(parser, e));
      }
    } catch (IOException e) {
      return unreadable("the body cannot be read as JSON");
    }
  }

  private TickBatch read() throws IOException, Refused, TooMany {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw JsonFields.wrong(parser, "a JSON object");
    }
    int seen = 0;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      int field = batchField(name);
      if (field == 0) {
        throw unknown(
            "known are terminal, sequence, server_utc_offset_s, client_rtt_us, want and ticks");
      }
      seen = once(seen, field);
      parser.nextToken();
      switch (field) {
        case TERMINAL -> batch.setTerminal(JsonFields.text(parser));
        case SEQUENCE -> batch.setSequence(JsonFields.int64(parser));
        case OFFSET -> batch.setServerUtcOffsetS(JsonFields.int32(parser));
        case RTT -> batch.setClientRttUs(JsonFields.uint32(parser));
        case WANT -> readWant();
        default -> readTicks();
      }
    }
    if (parser.nextToken() != null) {
      throw new Refused("something follows the JSON object; the body must be one object");
    }
    require(seen, TERMINAL, "terminal");
    require(seen, SEQUENCE, "sequence");
    require(seen, TICKS, "ticks");
    return batch.build();
  }

  private void readWant() throws IOException, Refused {
    requireArray("an array of 'prediction' and 'signal'");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (batch.getWantCount() == BatchLimits.MAX_WANT) {
        throw JsonFields.wrong(parser, "left out: 'prediction' and 'signal' are all there is");
      }
      batch.addWant(JsonFields.text(parser));
    }
  }

  private void readTicks() throws IOException, Refused, TooMany {
    requireArray("an array of ticks");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (batch.getTicksCount() == BatchLimits.MAX_TICKS) {
        throw new TooMany();
      }
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw JsonFields.wrong(parser, "a tick object");
      }
      batch.addTicks(readTick());
    }
  }

  private Tick readTick() throws IOException, Refused {
    tick.clear();
    int seen = 0;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      int field = tickField(name);
      if (field == 0) {
        throw unknown("known are symbol, time_msc, bid, ask, last, volume and flags");
      }
      seen = once(seen, field);
      boolean optional = (field & (BID | ASK | LAST | VOLUME)) != 0;
      if (parser.nextToken() == JsonToken.VALUE_NULL && optional) {
        continue; // absent
      }
      switch (field) {
        case SYMBOL -> tick.setSymbol(sharedSymbol());
        case TIME -> tick.setTimeMsc(JsonFields.int64(parser));
        case BID -> tick.setBid(JsonFields.number(parser));
        case ASK -> tick.setAsk(JsonFields.number(parser));
        case LAST -> tick.setLast(JsonFields.number(parser));
        case VOLUME -> tick.setVolume(JsonFields.number(parser));
        default -> tick.setFlags(JsonFields.uint32(parser));
      }
    }
    return tick.build();
  }

  /** Neighbouring ticks mostly share their symbol: one string for all of them. */
  private String sharedSymbol() throws IOException, Refused {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw JsonFields.wrong(parser, "a string");
    }
    int length = parser.getTextLength();
    boolean same = length == symbol.length();
    if (same) {
      char[] text = parser.getTextCharacters();
      int at = parser.getTextOffset();
      for (int i = 0; same && i < length; i++) {
        same = text[at + i] == symbol.charAt(i);
      }
    }
    if (!same) {
      symbol = parser.getText();
      // Here and not in the limits: what is not Unicode could not even become protobuf.
      if (length > 0 && !Identifiers.isSymbol(symbol)) {
        throw JsonFields.wrong(parser, Identifiers.SYMBOL_RULE);
      }
    }
    return symbol;
  }

  private void requireArray(String right) throws IOException, Refused {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw JsonFields.wrong(parser, right);
    }
  }

  private int once(int seen, int field) throws Refused {
    if ((seen & field) != 0) {
      throw new Refused(
          JsonFields.place(parser.getParsingContext()) + " is there twice; once is right");
    }
    return seen | field;
  }

  private Refused unknown(String known) {
    return new Refused(
        JsonFields.place(parser.getParsingContext()) + " is not a known field; " + known);
  }

  private static void require(int seen, int field, String name) throws Refused {
    if ((seen & field) == 0) {
      throw new Refused(name + " is missing; terminal, sequence and ticks are needed");
    }
  }

  private static int batchField(String name) {
    return switch (name) {
      case "terminal" -> TERMINAL;
      case "sequence" -> SEQUENCE;
      case "server_utc_offset_s" -> OFFSET;
      case "client_rtt_us" -> RTT;
      case "want" -> WANT;
      case "ticks" -> TICKS;
      default -> 0;
    };
  }

  private static int tickField(String name) {
    return switch (name) {
      case "symbol" -> SYMBOL;
      case "time_msc" -> TIME;
      case "bid" -> BID;
      case "ask" -> ASK;
      case "last" -> LAST;
      case "volume" -> VOLUME;
      case "flags" -> FLAGS;
      default -> 0;
    };
  }

  /** Jackson's own first sentence, which quotes the character at fault, and where it stands. */
  private static String syntaxFault(JsonParser parser, JsonProcessingException e) {
    String original = String.valueOf(e.getOriginalMessage());
    int sentence = original.indexOf('\n');
    String first = sentence < 0 ? original : original.substring(0, sentence);
    return "not strict JSON at byte %d (%s): %s"
        .formatted(
            Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getByteOffset()),
            JsonFields.place(parser.getParsingContext()),
            Refused.plain(first, MAX_SYNTAX_SHOWN));
  }

  private static BatchReading.Refusal unreadable(String detail) {
    return new BatchReading.Refusal(BatchFault.UNREADABLE, detail);
  }
}
