/**
 * What becomes of a budget that was overrun: violations are told here.
 *
 * <p>Messages in and out: none on the bus; a {@link io.sub30.budget.BudgetTracker} calls its {@link
 * io.sub30.slo.ViolationLog} directly. Budget: none of its own; a violation costs its lane at most
 * a line of log. Thread: the loop of the tracker.
 */
@NullMarked
package io.sub30.slo;

import org.jspecify.annotations.NullMarked;
