package io.sub30.ml;

import java.util.List;

/**
 * What is known of one model, for operators.
 *
 * @param id name and version
 * @param origin the folder it lies in, the jar, or memory, when the one on disk was refused since
 * @param active whether it answers for its symbols
 * @param digest SHA-256 of its {@code model.json}, empty when it was refused or not looked at
 * @param symbols it speaks for, empty when it was refused or not looked at
 * @param verdict the model card's last word
 * @param refusal why it was not accepted, empty when it was
 */
public record ModelStatus(
    ModelId id,
    String origin,
    boolean active,
    String digest,
    List<String> symbols,
    String verdict,
    String refusal) {

  /** Copies the list. */
  public ModelStatus {
    symbols = List.copyOf(symbols);
  }
}
