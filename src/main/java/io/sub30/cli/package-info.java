/**
 * The command line: one class a command, and what they print.
 *
 * <p>Messages in and out: none. Budget: none. Thread: the main thread, which may block.
 */
@NullMarked
package io.sub30.cli;

import org.jspecify.annotations.NullMarked;
