package dev.nescio.inference.serve;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;

/** Tells when the client of a request hangs up: as long as nothing is written, nothing else would. */
final class ClientConnection {

  private ClientConnection() {}

  /**
   * Runs {@code gone} when the connection is closed.
   *
   * @return takes the watch back; to be run when the reply is there, since a connection lives on for other requests
   */
  static Runnable watch(HttpRequest<?> request, Runnable gone) {
    if (!(request instanceof NettyHttpRequest<?> netty)) return () -> {};
    ChannelFuture closed = netty.getChannelHandlerContext().channel().closeFuture();
    ChannelFutureListener listener = future -> gone.run();
    closed.addListener(listener);
    return () -> closed.removeListener(listener);
  }
}
