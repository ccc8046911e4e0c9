package dev.nescio.inference.serve;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.async.annotation.SingleResult;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.sse.Event;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code POST /v1/completions} and {@code POST /v1/chat/completions}. */
@Controller("/v1")
@Requires(bean = Engine.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class CompletionsController {

  private final Engine engine;
  private final CompletionParser completions;
  private final ChatParser chats;
  private final Replies replies;
  private final Tokens tokens;

  CompletionsController(
      Engine engine, CompletionParser completions, ChatParser chats, Replies replies, Tokens tokens) {
    this.engine = engine;
    this.completions = completions;
    this.chats = chats;
    this.replies = replies;
    this.tokens = tokens;
  }

  /** The text is read here, so that every mistake in it is answered in the same form. */
  @Post("/completions")
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_EVENT_STREAM})
  @SingleResult
  Publisher<MutableHttpResponse<?>> completion(HttpRequest<?> request, @Body String body) {
    return answer(request, body, completions::parse);
  }

  /** A conversation, in the model's own template. */
  @Post("/chat/completions")
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_EVENT_STREAM})
  @SingleResult
  Publisher<MutableHttpResponse<?>> chat(HttpRequest<?> request, @Body String body) {
    return answer(request, body, chats::parse);
  }

  private Publisher<MutableHttpResponse<?>> answer(
      HttpRequest<?> request, String body, Function<String, Call> parser) {
    try {
      Call call = parser.apply(body);
      return call.stream() ? stream(request, call) : whole(request, call);
    } catch (ApiException e) {
      return Mono.just(OpenAiErrors.response(e));
    }
  }

  private Publisher<MutableHttpResponse<?>> whole(HttpRequest<?> request, Call call) {
    WholeReply reply = new WholeReply(call, replies);
    Engine.Running running = engine.start(call, reply);
    Runnable unwatch = ClientConnection.watch(request, running::cancel);
    return Mono.from(reply.response(running::cancel)).doFinally(signal -> unwatch.run());
  }

  private Publisher<MutableHttpResponse<?>> stream(HttpRequest<?> request, Call call) {
    EventStream stream = new EventStream(call, replies, tokens);
    Engine.Running running = engine.start(call, stream);
    Runnable unwatch = ClientConnection.watch(request, running::cancel);
    Flux<Event<String>> events =
        Flux.from(stream.events(running::cancel)).map(Event::of).doFinally(signal -> unwatch.run());
    return Mono.just(HttpResponse.ok(events).contentType(MediaType.TEXT_EVENT_STREAM_TYPE));
  }
}
