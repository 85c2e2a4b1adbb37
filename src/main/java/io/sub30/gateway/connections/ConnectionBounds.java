package io.sub30.gateway.connections;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.sub30.config.HttpConfig;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose first head is not there in time, however steadily its bytes trickle,
 * and one whose client does not read what it is sent. On the connection's loop.
 */
final class ConnectionBounds extends ChannelInboundHandlerAdapter {

  /**
   * What may wait to be taken by the client while it asks for more. A single answer may be larger.
   */
  static final int MAX_UNREAD_BYTES = 4 << 20;

  private final HttpConfig.Limits limits;
  private @Nullable ScheduledFuture<?> unreadClosing;

  ConnectionBounds(HttpConfig.Limits limits) {
    this.limits = limits;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context
        .executor()
        .schedule(
            () -> {
              if (!begun(context.pipeline())) {
                context.close();
              }
            },
            limits.headerTimeout().toMillis(),
            TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  /**
   * Whether the preface of HTTP/2 or the first head of HTTP/1.1 is there, or the handshake of TLS
   * is done: from then on {@link ConnectionGuard} knows the connection. Told by the handlers that
   * Vert.x has in place by then; an upgrade that was refused keeps its own.
   */
  private static boolean begun(ChannelPipeline pipeline) {
    return pipeline.get(Http2ConnectionHandler.class) != null
        || (pipeline.get("httpDecoder") != null && pipeline.get("h2c") == null);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    context.fireChannelRead(message);
    if (!context.channel().isWritable()
        && context.channel().bytesBeforeWritable() > MAX_UNREAD_BYTES) {
      context.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (unreadClosing != null) {
      unreadClosing.cancel(false);
      unreadClosing = null;
    }
    if (!context.channel().isWritable()) {
      unreadClosing =
          context
              .executor()
              .schedule(
                  () -> {
                    context.close();
                  },
                  limits.answerTimeout().toMillis(),
                  TimeUnit.MILLISECONDS);
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (unreadClosing != null) {
      unreadClosing.cancel(false);
    }
    context.fireChannelInactive();
  }
}
