package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Writes answers, whole or in chunks, in the form of OpenAI's API reference. */
final class Replies {

  private static final int FINGERPRINT = 12;

  private final Judgement judgement;
  private final Supplier<String> ids;
  private final InstantSource clock;

  /**
   * @param ids random part of a reply's id
   */
  Replies(Judgement judgement, Supplier<String> ids, InstantSource clock) {
    this.judgement = judgement;
    this.ids = ids;
    this.clock = clock;
  }

  /** What all chunks of a reply share. */
  ObjectNode head(Call call, boolean chunk) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", (call.chat() ? "chatcmpl-" : "cmpl-") + ids.get());
    json.put("object", call.chat() ? chunk ? "chat.completion.chunk" : "chat.completion" : "text_completion");
    json.put("created", clock.instant().getEpochSecond()).put("model", call.model().name());
    String digest = call.model().digest();
    json.put("system_fingerprint", "nescio-" + digest.substring(0, Math.min(FINGERPRINT, digest.length())));
    return json;
  }

  /** The whole reply. */
  ObjectNode whole(Call call, Engine.Outcome outcome) {
    ObjectNode json = head(call, false);
    ArrayNode choices = json.putArray("choices");
    for (int request = 0; request < call.requests().size(); request++) {
      Optional<Echo> echo =
          outcome.echoes().isEmpty() ? Optional.empty() : Optional.of(outcome.echoes().get(request));
      String prompt = call.echo() ? call.requests().get(request).prompt() : "";
      if (!call.generates()) {
        for (int i = 0; i < call.requests().get(request).samples(); i++) {
          choices.add(echoOnly(call, request, i, prompt, echo));
        }
        continue;
      }
      Generation generation = outcome.generations().get(request);
      for (int sample = 0; sample < generation.sequences().size(); sample++) {
        choices.add(choice(call, call.index(request, sample), prompt, echo, generation, sample));
      }
    }
    json.set("usage", usage(outcome));
    return json;
  }

  private ObjectNode choice(
      Call call, int index, String prompt, Optional<Echo> echo, Generation generation, int sample) {
    Sequence sequence = generation.sequences().get(sample);
    ObjectNode choice = JsonNodeFactory.instance.objectNode().put("index", index);
    if (call.chat()) {
      choice.putObject("message").put("role", "assistant").put("content", sequence.text()).putNull("refusal");
    } else {
      choice.put("text", prompt + sequence.text());
    }
    choice.set("logprobs", logProbs(call, echo, sequence.tokens(), 0));
    choice.put("finish_reason", reason(sequence.finish()));
    choice.set("nescio", judged(call, echo, generation, sequence));
    return choice;
  }

  private ObjectNode echoOnly(Call call, int request, int sample, String prompt, Optional<Echo> echo) {
    ObjectNode choice = JsonNodeFactory.instance.objectNode().put("index", call.index(request, sample));
    choice.put("text", prompt);
    choice.set("logprobs", logProbs(call, echo, List.of(), 0));
    choice.put("finish_reason", "length");
    echo.ifPresent(e -> {
      ObjectNode nescio = choice.putObject("nescio").put("finish", Finish.LENGTH.name()).put("generated_tokens", 0);
      e.scored().pIdk().ifPresent(p -> nescio.put("p_idk", p));
      e.scored().endLogProb().ifPresent(end -> nescio.put("end_log_prob", end));
      nescio.set("tokens", LogProbs.exact(echo, List.of()));
    });
    return choice;
  }

  /** The object of a choice at its end. */
  ObjectNode judged(Call call, Optional<Echo> echo, Generation generation, Sequence sequence) {
    ObjectNode nescio = judgement.of(call.model(), generation, sequence);
    if (call.logProbs()) nescio.set("tokens", LogProbs.exact(echo, sequence.tokens()));
    return nescio;
  }

  /**
   * The {@code logprobs} of a choice, or of a chunk of it.
   *
   * @param offset of the first token in the generated text, in code points
   */
  ObjectNode logProbs(Call call, Optional<Echo> echo, List<Token> tokens, int offset) {
    if (!call.logProbs()) return null;
    return call.chat()
        ? LogProbs.chat(tokens)
        : LogProbs.completion(echo, tokens, offset, call.requests().getFirst().alternatives() > 0);
  }

  /** Of all choices together; a prompt counts once for all its choices. */
  static ObjectNode usage(Engine.Outcome outcome) {
    int prompt = 0;
    int cached = 0;
    int completion = 0;
    for (Generation generation : outcome.generations()) {
      prompt += generation.promptTokens();
      cached += generation.cachedPromptTokens();
      for (Sequence sequence : generation.sequences()) completion += sequence.generatedTokens();
    }
    if (outcome.generations().isEmpty()) for (Echo echo : outcome.echoes()) prompt += echo.rows().size();
    ObjectNode usage = JsonNodeFactory.instance.objectNode();
    usage.put("prompt_tokens", prompt).put("completion_tokens", completion).put("total_tokens", prompt + completion);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
    return usage;
  }

  /** {@code <IDK>} too is a stop: the message is a normal one, and what it means stands beside it. */
  static String reason(Finish finish) {
    return finish == Finish.LENGTH ? "length" : "stop";
  }
}
