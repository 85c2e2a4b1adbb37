/**
 * What becomes of a budget: violations are told here, and the ledgers of all requests are kept.
 *
 * <p>Messages in and out: none on the bus; a {@link io.sub30.budget.BudgetTracker} calls its {@link
 * io.sub30.slo.ViolationLog} and fills the ring of a {@link io.sub30.slo.LedgerRecorder}. Budget:
 * none of its own; a violation costs its lane at most a line of log, a ledger a copy of some
 * hundred bytes. Thread: the loop of the tracker; files are written by a thread of the recorder.
 */
@NullMarked
package io.sub30.slo;

import org.jspecify.annotations.NullMarked;
