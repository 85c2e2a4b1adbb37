package io.sub30.gateway.edge;

import com.google.protobuf.MessageLite;
import io.sub30.budget.Tier;

/**
 * Everything two answers may differ by. The question is the one the lane would be asked, so all its
 * spellings (a broker's name of the symbol, the token's own terminal, parameters left out or in
 * another order) are one.
 *
 * @param tenant whose answer it is; nobody else's question can be equal to this one
 * @param tier tiers live on lanes of their own, and one of them may not know yet what was written
 *     through another
 * @param question its class says which route it is of
 * @param contentType the form of the answer
 */
public record AnswerKey(String tenant, Tier tier, MessageLite question, String contentType) {

  /** Of the objects that a kept answer consists of, besides texts and bytes; generous. */
  private static final int OVERHEAD_BYTES = 600;

  /** About how many bytes of heap this key and all that is kept with it take, but the body. */
  int weight() {
    return OVERHEAD_BYTES + 2 * tenant.length() + 2 * question.getSerializedSize();
  }
}
