/**
 * The public API as such: its routes and calls, each once, and its description.
 *
 * <p>Messages in and out: none. Budget: none. Thread: any, everything is immutable.
 */
@NullMarked
package io.sub30.gateway.api;

import org.jspecify.annotations.NullMarked;
