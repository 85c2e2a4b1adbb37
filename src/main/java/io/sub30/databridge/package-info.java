/**
 * The data bridge: validates, normalises and enriches the ticks of a batch.
 *
 * <p>Messages in: {@code EnrichRequest}, {@code SettleRequest}, {@code RestoreRequest}, {@code
 * ForgetRequest}. Out: {@code Enrichment}, {@code SettleReply}, {@code Done}, and {@code BarClosed}
 * to ml for each bar a committed batch closed. Budget: {@code data_bridge}, 3 ms for up to 1,000
 * ticks; longer work yields every 500 ticks. Thread: a tenant's state lives on its lane and nowhere
 * else.
 *
 * <p><b>What state is.</b> A cell's state is a function of the accepted ticks of its committed
 * batches and of nothing else: {@link io.sub30.databridge.CellState} applies every tick from the
 * fields that are stored with the batch, so replaying stored batches gives the same bits. What a
 * rejected tick leaves behind (how long a jump has persisted) only decides whether later ticks are
 * accepted; it is undone with an aborted batch but neither stored nor restored. After a restart in
 * the middle of a jump the count begins again, which costs at most a few more rejected ticks.
 */
@NullMarked
package io.sub30.databridge;

import org.jspecify.annotations.NullMarked;
