package io.sub30.gateway.grpc;

import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.requests.BodyCoding;
import io.sub30.gateway.requests.BodyTooLarge;
import io.sub30.gateway.requests.UnreadableMessage;
import io.vertx.grpc.common.GrpcMessage;
import java.io.IOException;

/**
 * The bytes of a gRPC message, unpacked into at most {@code http.max_body}: the library would
 * unpack a message whatever its size.
 */
final class GrpcPayload {

  private GrpcPayload() {}

  /**
   * Reads a message as it came.
   *
   * @param maxBytes of the result
   */
  static byte[] read(GrpcMessage message, int maxBytes) throws UnreadableMessage {
    if (!BodyCoding.knows(message.encoding())) {
      throw new UnreadableMessage(ProblemCode.MALFORMED, "grpc-encoding must be gzip or identity");
    }
    try {
      return BodyCoding.decode(message.encoding(), message.payload().getBytes(), maxBytes);
    } catch (BodyTooLarge e) {
      throw new UnreadableMessage(
          ProblemCode.TOO_LARGE,
          "the message unpacks to more than " + maxBytes + " bytes; split the batch");
    } catch (IOException e) {
      throw new UnreadableMessage(
          ProblemCode.MALFORMED, "the message is not gzip, as its grpc-encoding says");
    }
  }
}
