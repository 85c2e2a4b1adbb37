package io.sub30.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the API's JSON into generated messages: field names as the proto has them, enums by name,
 * 64-bit integers as numbers or strings. Unknown members are skipped, so that an older client reads
 * a newer server.
 */
final class JsonMessages {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonMessages() {}

  /**
   * Reads one object into {@code target}.
   *
   * @throws IOException when the text is not JSON, or a member has another type than the message's
   *     field
   */
  static void read(byte[] text, Message.Builder target) throws IOException {
    try (JsonParser json = FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("a JSON object was expected");
      }
      readObject(json, target);
    }
  }

  /**
   * The members of the outermost object whose values are text; none when the text is no JSON
   * object.
   */
  static Map<String, String> topLevelText(byte[] text) {
    Map<String, String> members = new HashMap<>();
    try (JsonParser json = FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return members;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (json.nextToken() == JsonToken.VALUE_STRING) {
          members.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
      return members;
    } catch (IOException e) {
      // Whoever answered is not the API: there is nothing in the body to go by.
      return Map.of();
    }
  }

  private static void readObject(JsonParser json, Message.Builder target) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      FieldDescriptor field = target.getDescriptorForType().findFieldByName(json.currentName());
      JsonToken token = json.nextToken();
      if (field == null || token == JsonToken.VALUE_NULL) {
        json.skipChildren();
      } else if (!field.isRepeated()) {
        target.setField(field, value(json, field, target));
      } else if (token == JsonToken.START_ARRAY) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          target.addRepeatedField(field, value(json, field, target));
        }
      } else {
        throw new IOException(field.getName() + ": an array was expected");
      }
    }
  }

  private static Object value(JsonParser json, FieldDescriptor field, Message.Builder parent)
      throws IOException {
    JsonToken token = json.currentToken();
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        require(token == JsonToken.START_OBJECT, field, "an object");
        Message.Builder child = parent.newBuilderForField(field);
        readObject(json, child);
        yield child.build();
      }
      case STRING -> {
        require(token == JsonToken.VALUE_STRING, field, "text");
        yield json.getText();
      }
      case BOOLEAN -> {
        require(token.isBoolean(), field, "true or false");
        yield json.getBooleanValue();
      }
      case INT -> (int) integer(json, field);
      case LONG -> integer(json, field);
      case DOUBLE -> {
        require(token.isNumeric(), field, "a number");
        yield json.getDoubleValue();
      }
      case ENUM -> {
        require(token == JsonToken.VALUE_STRING, field, "a name");
        EnumValueDescriptor value = field.getEnumType().findValueByName(json.getText());
        require(value != null, field, "one of " + field.getEnumType().getValues());
        yield value;
      }
      case FLOAT, BYTE_STRING ->
          throw new IOException(field.getName() + ": not part of the JSON API");
    };
  }

  private static long integer(JsonParser json, FieldDescriptor field) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      try {
        return Long.parseLong(json.getText());
      } catch (NumberFormatException e) {
        throw new IOException(field.getName() + ": an integer was expected", e);
      }
    }
    require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, field, "an integer");
    return json.getLongValue();
  }

  private static void require(boolean good, FieldDescriptor field, String expected)
      throws IOException {
    if (!good) {
      throw new IOException(field.getName() + ": " + expected + " was expected");
    }
  }
}
