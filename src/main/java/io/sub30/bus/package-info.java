/**
 * The budgeted event bus: the envelope every message travels in, typed addresses, the codec, the
 * interceptors that stamp each hop's wait and service time into the request's ledger, and the
 * switch for faults injected in tests and drills. The only package that sees codecs and
 * interceptors. Also {@link io.sub30.bus.DependencyBreaker}, which every component puts before what
 * it depends on.
 *
 * <p>Messages in and out: all of {@code bus.proto}. Budget: about two microseconds a hop between
 * verticles of one lane. Thread: everything runs on the loop of the sender or the receiver; {@link
 * io.sub30.bus.Lanes} says which loop is which lane.
 */
@NullMarked
package io.sub30.bus;

import org.jspecify.annotations.NullMarked;
