package io.sub30.ml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One strictly read JSON object with typed access: a missing or mistyped member is an error that
 * names its path. Numbers are read as doubles.
 */
final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
          .build();

  private final String path;
  private final Map<String, @Nullable Object> members;

  private Json(String path, Map<String, @Nullable Object> members) {
    this.path = path;
    this.members = members;
  }

  /**
   * Reads one object and nothing after it.
   *
   * @throws ModelRefused when the bytes are not exactly that
   */
  @SuppressWarnings("unchecked")
  static Json parse(byte[] bytes, String name) throws ModelRefused {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      parser.nextToken();
      Object value = read(parser);
      if (!(value instanceof Map<?, ?> map) || parser.nextToken() != null) {
        throw new ModelRefused(name + ": expected one JSON object");
      }
      return new Json(name, (Map<String, @Nullable Object>) map);
    } catch (IOException e) {
      throw new ModelRefused(name + ": not readable as JSON: " + e.getMessage(), e);
    }
  }

  private static @Nullable Object read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("unexpected end");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, read(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(read(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> throw new IOException("unexpected " + token);
    };
  }

  String text(String name) throws ModelRefused {
    return of(name, String.class, "a string");
  }

  double number(String name) throws ModelRefused {
    return of(name, Double.class, "a number");
  }

  boolean flag(String name) throws ModelRefused {
    return of(name, Boolean.class, "true or false");
  }

  /** A whole number within the range. */
  int whole(String name, int min, int max) throws ModelRefused {
    double value = number(name);
    if (value != Math.rint(value) || value < min || value > max) {
      throw new ModelRefused(
          path + "." + name + ": is " + value + ", must be whole, " + min + " to " + max);
    }
    return (int) value;
  }

  @SuppressWarnings("unchecked")
  Json object(String name) throws ModelRefused {
    return new Json(
        path + "." + name, (Map<String, @Nullable Object>) of(name, Map.class, "an object"));
  }

  List<String> texts(String name) throws ModelRefused {
    return elements(name, String.class, "strings");
  }

  double[] numbers(String name) throws ModelRefused {
    return elements(name, Double.class, "numbers").stream().mapToDouble(d -> d).toArray();
  }

  @SuppressWarnings("unchecked")
  List<Json> objects(String name) throws ModelRefused {
    List<Json> out = new ArrayList<>();
    for (Map<?, ?> element : elements(name, Map.class, "objects")) {
      out.add(
          new Json(
              path + "." + name + "[" + out.size() + "]", (Map<String, @Nullable Object>) element));
    }
    return out;
  }

  private <T> List<T> elements(String name, Class<T> type, String what) throws ModelRefused {
    List<T> out = new ArrayList<>();
    for (Object element : of(name, List.class, "a list of " + what)) {
      if (!type.isInstance(element)) {
        throw new ModelRefused(path + "." + name + ": must be a list of " + what);
      }
      out.add(type.cast(element));
    }
    return out;
  }

  private <T> T of(String name, Class<T> type, String what) throws ModelRefused {
    Object value = members.get(name);
    if (!type.isInstance(value)) {
      throw new ModelRefused(
          path + "." + name + ": " + (value == null ? "is missing" : "must be " + what));
    }
    return type.cast(value);
  }
}
