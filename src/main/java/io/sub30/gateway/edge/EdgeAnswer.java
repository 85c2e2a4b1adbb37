package io.sub30.gateway.edge;

import io.vertx.core.buffer.Buffer;

/**
 * An answer as it was, or may be, sent. Immutable: nobody changes the body.
 *
 * @param contentType of the body
 * @param body shared by all who are sent it
 * @param tag a strong entity tag of these bytes, with its quotes
 * @param askedNanos when the lane began to be asked: it shows everything acknowledged before
 * @param generation the tenant's, at that moment
 */
public record EdgeAnswer(
    String contentType, Buffer body, String tag, long askedNanos, int generation) {}
