/**
 * How things are spelled at the edge, strictly: JSON, base64url, identifiers, a client's value
 * within a message to it, and the digest by which contents are told apart. Knows no other room of
 * the gateway, and nothing of serving.
 *
 * <p>Messages in and out: none. Budget: part of {@code client_gateway}. Thread: any, nothing here
 * has a state of its own.
 */
@NullMarked
package io.sub30.gateway.text;

import org.jspecify.annotations.NullMarked;
