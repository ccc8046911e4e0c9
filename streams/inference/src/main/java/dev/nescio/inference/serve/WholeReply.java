package dev.nescio.inference.serve;

import dev.nescio.language.Generation.Token;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Sinks;

/** A reply in one piece. */
final class WholeReply implements Engine.Listener {

  private final Call call;
  private final Replies replies;
  private final Sinks.One<MutableHttpResponse<?>> sink = Sinks.one();

  WholeReply(Call call, Replies replies) {
    this.call = call;
    this.replies = replies;
  }

  /** The response. {@code gone} runs when the client goes away before it is there. */
  Publisher<MutableHttpResponse<?>> response(Runnable gone) {
    return sink.asMono().doOnCancel(gone);
  }

  @Override
  public void token(int request, int sample, Token token) {
    // Whoever wants tokens asks for a stream.
  }

  @Override
  public void done(Engine.Outcome outcome) {
    sink.tryEmitValue(HttpResponse.ok(replies.whole(call, outcome).toString()));
  }

  @Override
  public void failed(ApiException e) {
    sink.tryEmitValue(OpenAiErrors.response(e));
  }
}
