package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;

/** Bodies of {@code POST /v1/completions} and {@code /v1/chat/completions}, in the words of one kind of server. */
final class Completions {

  /** Two are needed for the margin. */
  private static final int FOR_MARGIN = 2;

  private final ServerKind kind;

  Completions(ServerKind kind) {
    this.kind = kind;
  }

  /**
   * @param model  name on the server
   * @param sample number of the one sample wanted, or all of them when the server takes {@code n}
   */
  ObjectNode body(GenerationRequest request, String model, int sample) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", model).put("max_tokens", request.maxTokens());
    if (request.chat().isEmpty()) body.put("prompt", request.prompt());
    for (ChatMessage message : request.chat()) {
      body.withArray("messages").addObject().put("role", message.role()).put("content", message.content());
    }
    sampling(body, request.sampling());
    if (kind.severalSamples()) body.put("n", request.samples());
    body.put("seed", seed(request.seed(), kind.severalSamples() ? 0 : sample));
    if (!request.stop().isEmpty()) request.stop().forEach(body.putArray("stop")::add);
    if (kind.alternatives() > 0) {
      int most = Math.min(kind.alternatives(), Math.max(FOR_MARGIN, request.alternatives()));
      if (request.chat().isEmpty()) body.put("logprobs", most);
      else body.put("logprobs", true).put("top_logprobs", most);
    }
    // Otherwise <IDK>, a special token, would be cut out of the text.
    if (kind.keepsSpecials()) body.put("skip_special_tokens", false);
    return body;
  }

  /** The same body, to be answered in chunks, with the usage at the end. */
  static ObjectNode streaming(ObjectNode body) {
    body.put("stream", true).putObject("stream_options").put("include_usage", true);
    return body;
  }

  /** Asks for the log-probabilities of a text, and for nothing more. */
  ObjectNode scoring(ContinuationRequest request, String model) {
    return JsonNodeFactory.instance.objectNode().put("model", model)
        .put("prompt", request.prompt() + request.continuation()).put("max_tokens", 0).put("echo", true)
        .put("temperature", 0).put("logprobs", FOR_MARGIN);
  }

  /** Asks for as little as possible beside the usage. */
  static ObjectNode counting(String text, String model) {
    return JsonNodeFactory.instance.objectNode().put("model", model).put("prompt", text).put("max_tokens", 1)
        .put("temperature", 0);
  }

  private void sampling(ObjectNode body, Sampling sampling) {
    body.put("temperature", sampling.temperature()).put("top_p", sampling.isGreedy() ? 1 : sampling.topP());
    if (!kind.extraSampling()) return;
    // Sent also at its neutral value, which is 0 for top_k: some servers have other defaults.
    body.put("top_k", !sampling.isGreedy() && sampling.topK() > 0 ? sampling.topK() : 0);
    body.put("min_p", sampling.isGreedy() ? 0 : sampling.minP());
    body.put(kind.penaltyName(), sampling.repetitionPenalty());
  }

  /**
   * A nescio takes any seed. Other servers take 32 or 64 bits, some no negative number: 31 bits suit all. A sample of its
   * own request has its own.
   */
  private long seed(long seed, int sample) {
    if (kind.extension()) return seed;
    long mixed = seed + sample * 0x9E3779B97F4A7C15L;
    return sample == 0 && seed >= 0 && seed <= Integer.MAX_VALUE ? seed : Long.hashCode(mixed) & Integer.MAX_VALUE;
  }
}
