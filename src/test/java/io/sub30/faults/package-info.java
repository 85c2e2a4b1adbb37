/**
 * What the whole system does when something breaks: commits that fail, hang or come late, a server
 * killed under load, servers that belong to somebody else. Tests only.
 *
 * <p>Messages in and out: none of their own; the tests ask components on the bus for their state.
 * Budget: none. Thread: the test's own.
 */
@NullMarked
package io.sub30.faults;

import org.jspecify.annotations.NullMarked;
