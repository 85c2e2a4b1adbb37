package io.sub30.gateway.connections;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sub30.config.HttpConfig;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections one listener has at once, and what holds of each before HTTP knows of it. On
 * the listener's own channel; counts are given back by the connections' loops.
 */
final class AcceptLimits extends ChannelInboundHandlerAdapter {

  private final HttpConfig.Limits limits;
  private final AtomicInteger open = new AtomicInteger();

  AcceptLimits(HttpConfig.Limits limits) {
    this.limits = limits;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    // Only this thread counts up, so the bound holds.
    if (open.get() >= limits.maxConnections()) {
      connection.unsafe().closeForcibly();
      return;
    }
    open.incrementAndGet();
    connection.closeFuture().addListener(closed -> open.decrementAndGet());
    connection.pipeline().addFirst(new ConnectionBounds(limits));
    context.fireChannelRead(connection);
  }
}
