/**
 * Configuration: parsed and validated once, into one record a component; nonsense is refused at
 * start with a message naming the key, the value and what would be right.
 *
 * <p>Messages in and out: none. Budget: none, it is read before the first request. Thread:
 * immutable.
 */
@NullMarked
package io.sub30.config;

import org.jspecify.annotations.NullMarked;
