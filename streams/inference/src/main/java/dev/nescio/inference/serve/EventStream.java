package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Sinks;

/**
 * A reply in chunks: one for what each token adds, one that ends each choice with its reason and judgement, one with the
 * usage when it was asked for, and {@code [DONE]}. With log-probabilities each chunk has our own figures of its tokens
 * too. What went wrong after the beginning is sent as a chunk with {@code error}.
 */
final class EventStream implements Engine.Listener {

  static final String DONE = "[DONE]";

  private final Call call;
  private final Replies replies;
  private final Tokens tokens;
  private final ObjectNode head;
  private final Map<Integer, Growing> choices = new HashMap<>();
  private final Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();

  /** A choice while it grows. */
  private static final class Growing {
    private final LiveText text;
    private final List<Token> held = new ArrayList<>();
    private int told; // tokens in chunks that were sent
    private int offset; // of the first held token, in code points

    private Growing(LiveText text) {
      this.text = text;
    }
  }

  EventStream(Call call, Replies replies, Tokens tokens) {
    this.call = call;
    this.replies = replies;
    this.tokens = tokens;
    this.head = replies.head(call, true);
  }

  /** The payloads of the events. {@code gone} runs when the client goes away before the end. */
  Publisher<String> events(Runnable gone) {
    return sink.asFlux().doOnCancel(gone);
  }

  @Override
  public synchronized void token(int request, int sample, Token token) {
    int index = call.index(request, sample);
    Growing choice = choice(index);
    choice.held.add(token);
    String more = choice.text.add(token.id());
    if (!more.isEmpty()) send(choice, index, more);
  }

  @Override
  public synchronized void done(Engine.Outcome outcome) {
    for (int request = 0; request < outcome.generations().size(); request++) {
      Generation generation = outcome.generations().get(request);
      for (int sample = 0; sample < generation.sequences().size(); sample++) {
        end(call.index(request, sample), generation, generation.sequences().get(sample));
      }
    }
    if (call.includeUsage()) {
      ObjectNode last = head.deepCopy();
      last.putArray("choices");
      last.set("usage", Replies.usage(outcome));
      emit(last.toString());
    }
    emit(DONE);
    sink.tryEmitComplete();
  }

  @Override
  public synchronized void failed(ApiException e) {
    emit(e.json().toString());
    emit(DONE);
    sink.tryEmitComplete();
  }

  private Growing choice(int index) {
    return choices.computeIfAbsent(index, i -> {
      if (call.chat()) emit(chunk(i, delta("").put("role", "assistant"), null, null, null));
      return new Growing(new LiveText(tokens));
    });
  }

  /** Tokens that were told already are not told again: a model may tell of all at the end only. */
  private void end(int index, Generation generation, Sequence sequence) {
    Growing choice = choice(index);
    int seen = choice.told + choice.held.size();
    if (seen < sequence.tokens().size()) {
      choice.held.addAll(sequence.tokens().subList(seen, sequence.tokens().size()));
    }
    String rest = choice.text.rest(sequence.text());
    if (!rest.isEmpty() || !choice.held.isEmpty()) send(choice, index, rest);
    ObjectNode delta = call.chat() ? JsonNodeFactory.instance.objectNode() : delta("");
    emit(
        chunk(
            index, delta, null, Replies.reason(sequence.finish()),
            replies.judged(call, Optional.empty(), generation, sequence)));
  }

  private void send(Growing choice, int index, String text) {
    ObjectNode logProbs = replies.logProbs(call, Optional.empty(), choice.held, choice.offset);
    ObjectNode exact = JsonNodeFactory.instance.objectNode();
    if (call.logProbs()) exact.set("tokens", LogProbs.exact(Optional.empty(), choice.held));
    emit(chunk(index, delta(text), logProbs, null, call.logProbs() ? exact : null));
    choice.offset += text.codePointCount(0, text.length());
    choice.told += choice.held.size();
    choice.held.clear();
  }

  /** What a chunk adds: an object of a message, or the text itself. */
  private ObjectNode delta(String text) {
    return JsonNodeFactory.instance.objectNode().put(call.chat() ? "content" : "text", text);
  }

  private String chunk(int index, ObjectNode delta, ObjectNode logProbs, String reason, ObjectNode nescio) {
    ObjectNode chunk = head.deepCopy();
    ArrayNode list = chunk.putArray("choices");
    ObjectNode choice = list.addObject().put("index", index);
    if (call.chat()) choice.set("delta", delta);
    else choice.setAll(delta);
    choice.set("logprobs", logProbs);
    choice.put("finish_reason", reason);
    if (nescio != null) choice.set("nescio", nescio);
    if (call.includeUsage()) chunk.putNull("usage");
    return chunk.toString();
  }

  private void emit(String payload) {
    // Fails only when the client is gone; then the call is cancelled, and what it still says is of no use.
    sink.tryEmitNext(payload);
  }
}
