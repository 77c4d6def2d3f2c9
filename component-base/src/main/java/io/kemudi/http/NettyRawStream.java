package io.kemudi.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The last handler of a connection that left HTTP behind.
final class NettyRawStream extends ChannelInboundHandlerAdapter implements RawStream {
  private final Channel channel;
  private final InboundBytes input;
  private final ChannelOutput output;

  // guarded by this
  private final List<Runnable> onClose = new ArrayList<>(2);
  private boolean over;

  NettyRawStream(Channel channel, Duration writeTimeout) {
    this.channel = channel;
    this.input = new InboundBytes(channel::read);
    this.output = new ChannelOutput(channel, ChannelOutput.Form.RAW, writeTimeout, () -> {});
  }

  void demand() {
    channel.read();
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (this) {
      if (!over) {
        onClose.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public synchronized boolean closed() {
    return over;
  }

  @Override
  public void close() {
    try {
      output.close();
    } catch (IOException e) {
      channel.close();
    }
    input.discard();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      input.offer(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (input.wantsMore()) {
      ctx.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    output.changed(false);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event); // an upgraded stream may be silent for hours
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    input.end();
    output.changed(true);
    List<Runnable> actions;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      actions = List.copyOf(onClose);
      onClose.clear();
    }
    actions.forEach(Runnable::run);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
