/**
 * What a market is: symbols, ticks, sessions, bars, indicators, features and the file formats they
 * come in.
 *
 * <p>Plain Java without Vert.x, shared by the serving path (the data bridge) and offline work
 * (training, backtests, replay), so that a model is trained on exactly the numbers it is served
 * with.
 *
 * <p>Messages: none; callers hand in {@link io.sub30.market.TickSlot}s and read {@link
 * io.sub30.market.Features} and {@link io.sub30.market.BarWindow} out of a {@link
 * io.sub30.market.SymbolState}. Budget: a share of {@code data_bridge}, well under a microsecond a
 * tick. Thread: a {@code SymbolState} and a {@code TickSource} belong to one thread at a time;
 * {@code Symbols} is shared by all.
 */
@NullMarked
package io.sub30.market;

import org.jspecify.annotations.NullMarked;
