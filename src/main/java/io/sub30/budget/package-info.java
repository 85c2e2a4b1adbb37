/**
 * What a millisecond is worth: the plan of the budget, a request's deadline, the ledger of what
 * each hop spent, the estimates of what the next one will spend and the decisions made from them,
 * the tracker that turns ledgers into histograms and violations, the files ledgers are kept in, the
 * advisor that learns a better plan from them, and the window that tells when a dependency's calls
 * are not worth theirs.
 *
 * <p>Plain Java: nothing of Vert.x and nothing of trading, so it can be reused wherever a request
 * crosses hops. Messages in and out: none. Thread: immutable types are free to travel; a {@link
 * io.sub30.budget.Ledger} belongs to the loop that holds its request, a {@link
 * io.sub30.budget.BudgetTracker} to the one loop that records into it, a {@link
 * io.sub30.budget.LedgerRing} to that loop and the one thread that drains it. Files and advice are
 * for a worker or the main thread: they block, or take their time.
 */
@NullMarked
package io.sub30.budget;

import org.jspecify.annotations.NullMarked;
