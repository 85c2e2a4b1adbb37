/**
 * The trading engine: declared strategies and risk rules turn features and predictions into
 * signals.
 *
 * <p>{@link io.sub30.trading.StrategyBook} compiles {@code strategies.yaml} once; {@link
 * io.sub30.trading.TradingVerticle} serves one lane with it. A decision is a pure function of the
 * request, the tenant's state and the book: it reads no clock, so replaying stored inputs gives the
 * stored signals.
 *
 * <p>Messages in: {@code DecideRequest}, {@code SettleRequest}, {@code RestoreRequest}, {@code
 * ForgetRequest}. Messages out: {@code Decision}, {@code SettleReply}, {@code Done}. Budget: {@code
 * trading_engine}, 4 ms; a symbol against four strategies takes a few microseconds. Thread: a book
 * is immutable and shared; everything else belongs to one lane.
 */
@NullMarked
package io.sub30.trading;

import org.jspecify.annotations.NullMarked;
