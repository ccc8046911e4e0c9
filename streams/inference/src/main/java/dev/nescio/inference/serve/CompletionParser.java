package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.GenerationRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code POST /v1/completions}. Source: OpenAI's API reference, "Create completion (legacy)". */
final class CompletionParser {

  private static final int DEFAULT_TOKENS = 16;
  private static final int MOST_ALTERNATIVES = 20;

  private static final Set<String> KNOWN =
      Set.of("model", "prompt", "best_of", "echo", "frequency_penalty", "logit_bias", "logprobs", "max_tokens", "n",
          "presence_penalty", "seed", "stop", "stream", "stream_options", "suffix", "temperature", "top_p", "user",
          "top_k", "min_p", "repetition_penalty");

  private final CommonFields common;
  private final Tokens tokens;

  CompletionParser(CommonFields common, Tokens tokens) {
    this.common = common;
    this.tokens = tokens;
  }

  /** @throws ApiException naming the field that is wrong */
  Call parse(String body) {
    Fields fields = Fields.parse(body);
    fields.requireKnown(KNOWN);
    ServedModel model = common.model(fields);
    List<String> prompts = prompts(fields);
    int samples = common.samples(fields, prompts.size());
    fields.refuse("suffix", "send what stands before only");
    boolean echo = fields.flag("echo");
    boolean stream = fields.flag("stream");
    if (echo && stream) throw ApiException.invalid("echo", "echo is not supported in a stream");
    int maxTokens = fields.integer("max_tokens", echo ? 0 : 1, common.maxTokens()).orElse(DEFAULT_TOKENS);
    OptionalInt logProbs = fields.integer("logprobs", 0, MOST_ALTERNATIVES);
    for (String prompt : prompts) common.requireRoom("prompt", tokens.encode(prompt).length, maxTokens);
    GenerationRequest template =
        common.request(fields, model, samples, Math.max(1, maxTokens), logProbs.orElse(0));
    return new Call(
        model, prompts.stream().map(prompt -> with(template, prompt)).toList(), false, stream,
        common.includeUsage(fields, stream), logProbs.isPresent(), echo, maxTokens > 0);
  }

  private static GenerationRequest with(GenerationRequest t, String prompt) {
    return new GenerationRequest(
        prompt, "", t.samples(), t.sampling(), t.maxTokens(), t.stop(), t.seed(), t.adapter(), t.alternatives());
  }

  /** A text, a list of texts, a list of token ids, or a list of such lists. */
  private List<String> prompts(Fields fields) {
    JsonNode node = fields.get("prompt");
    if (node.isMissingNode()) throw ApiException.invalid("prompt", "you must provide the parameter prompt");
    boolean several = node.isArray() && !node.isEmpty() && !node.get(0).isNumber();
    List<String> prompts = new ArrayList<>();
    for (JsonNode prompt : several ? node : List.of(node)) {
      if (prompt.isTextual()) prompts.add(prompt.asText());
      else if (prompt.isArray()) prompts.add(text(prompt));
      else throw Fields.mustBe("prompt", "a text, a list of texts, or token ids", prompt);
    }
    for (String prompt : prompts) {
      if (tokens.encode(prompt).length == 0) throw ApiException.invalid("prompt", "the prompt is empty");
    }
    return prompts;
  }

  /** The text of token ids, if these are the tokens of that text: no others can be asked for by text. */
  private String text(JsonNode list) {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!list.get(i).canConvertToInt() || !list.get(i).isIntegralNumber() || list.get(i).intValue() < 0) {
        throw Fields.mustBe("prompt", "token ids", list.get(i));
      }
      ids[i] = list.get(i).intValue();
    }
    String text = tokens.decode(ids);
    if (!Arrays.equals(tokens.encode(text), ids)) {
      throw ApiException.invalid(
          "prompt", "these token ids are not those that their text encodes to; send the text itself");
    }
    return text;
  }
}
