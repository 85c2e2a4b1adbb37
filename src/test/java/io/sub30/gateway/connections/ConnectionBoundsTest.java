package io.sub30.gateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.sub30.config.HttpConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionBoundsTest {

  private static final HttpConfig.Limits LIMITS =
      new HttpConfig.Limits(
          10, 10, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(3));

  private final EmbeddedChannel connection = new EmbeddedChannel(new ConnectionBounds(LIMITS));

  private boolean openAfter(long millis) {
    connection.freezeTime();
    connection.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    connection.runScheduledPendingTasks();
    return connection.isOpen();
  }

  private void has(String name) {
    connection.pipeline().addLast(name, other());
  }

  private static ChannelHandler other() {
    return new ChannelInboundHandlerAdapter() {};
  }

  private void write(int bytes) {
    connection.write(Unpooled.buffer(bytes).writerIndex(bytes));
  }

  @Test
  void firstHead_notThere_closesWhenTheTimeIsOver() {
    connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {'G'}));
    assertThat(openAfter(900)).isTrue();
    assertThat(openAfter(200)).isFalse();
  }

  @Test
  void firstHead_ofHttp1_leavesTheConnectionOpen() {
    has("httpDecoder");
    assertThat(openAfter(1_100)).isTrue();
  }

  @Test
  void firstHead_ofAnUpgradeNotDone_isNone() {
    has("httpDecoder");
    has("h2c");
    assertThat(openAfter(1_100)).isFalse();
  }

  @Test
  void preface_leavesTheConnectionOpen() {
    connection.pipeline().addLast(Http2FrameCodecBuilder.forServer().build());
    assertThat(openAfter(1_100)).isTrue();
  }

  @Test
  void answersNotTaken_closeWhenTheTimeIsOver() {
    has("httpDecoder");
    write(1 << 20);
    assertThat(connection.isWritable()).isFalse();
    assertThat(openAfter(2_900)).isTrue();
    assertThat(openAfter(200)).isFalse();
  }

  @Test
  void answersTakenInTime_leaveTheConnectionOpen() {
    has("httpDecoder");
    write(1 << 20);
    assertThat(openAfter(2_900)).isTrue();
    connection.flush();
    assertThat(openAfter(200)).isTrue();
  }

  @Test
  void answersNotTaken_overTheBound_closeWithTheNextRequest() {
    has("httpDecoder");
    write(ConnectionBounds.MAX_UNREAD_BYTES);
    connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {'G'}));
    assertThat(connection.isOpen()).isTrue();
    write(1 << 20);
    assertThat(connection.isOpen()).isTrue();
    connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {'G'}));
    assertThat(connection.isOpen()).isFalse();
  }
}
