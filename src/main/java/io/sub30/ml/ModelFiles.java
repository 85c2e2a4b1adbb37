package io.sub30.ml;

/** The three files of a model, as bytes. */
record ModelFiles(byte[] manifest, byte[] encoder, byte[] head) {

  /** Names the whole model: the manifest holds the digests of the other two. */
  String digest() {
    return Digests.sha256(manifest);
  }
}
