package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ChatTemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code POST /v1/chat/completions}. Source: OpenAI's API reference, "Create chat completion". */
final class ChatParser {

  private static final int MOST_ALTERNATIVES = 20;

  /** The last two rows only concern those who pay OpenAI, and are ignored. */
  private static final Set<String> KNOWN =
      Set.of("model", "messages", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "max_tokens",
          "max_completion_tokens", "n", "presence_penalty", "seed", "stop", "stream", "stream_options", "temperature",
          "top_p", "top_k", "min_p", "repetition_penalty", "tools", "tool_choice", "functions", "function_call",
          "response_format", "modalities",
          "user", "metadata", "store", "service_tier", "parallel_tool_calls", "safety_identifier", "prompt_cache_key");

  private final CommonFields common;
  private final Tokens tokens;

  ChatParser(CommonFields common, Tokens tokens) {
    this.common = common;
    this.tokens = tokens;
  }

  /** @throws ApiException naming the field that is wrong */
  Call parse(String body) {
    Fields fields = Fields.parse(body);
    fields.requireKnown(KNOWN);
    ServedModel model = common.model(fields);
    List<ChatMessage> messages = messages(fields.get("messages"));
    refuseWhatIsNotText(fields);
    int samples = common.samples(fields, 1);
    boolean logProbs = fields.flag("logprobs");
    OptionalInt alternatives = fields.integer("top_logprobs", 0, MOST_ALTERNATIVES);
    if (alternatives.isPresent() && !logProbs) {
      throw ApiException.invalid("top_logprobs", "top_logprobs needs logprobs=true");
    }
    boolean stream = fields.flag("stream");
    int maxTokens = maxTokens(fields, count(messages));
    return new Call(
        model,
        List.of(common.request(fields, model, samples, maxTokens, alternatives.orElse(0)).withChat(messages)),
        true, stream, common.includeUsage(fields, stream), logProbs, false, true);
  }

  private int maxTokens(Fields fields, int prompt) {
    String name = fields.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    OptionalInt asked = fields.integer(name, 1, common.maxTokens());
    common.requireRoom("messages", prompt, asked.orElse(1));
    return asked.orElse(Math.min(common.maxTokens(), common.context() - prompt));
  }

  private int count(List<ChatMessage> messages) {
    try {
      return tokens.count(messages);
    } catch (ChatTemplateException e) {
      throw ApiException.invalid("messages", e.getMessage());
    }
  }

  private static void refuseWhatIsNotText(Fields fields) {
    for (String name : List.of("tools", "functions", "tool_choice", "function_call")) {
      fields.refuse(name, "this server only writes text");
    }
    fields.object("response_format").filter(format -> !format.text("type").equals("text")).ifPresent(format -> {
      throw ApiException.invalid("response_format", "unsupported_parameter", "only the type text is supported");
    });
    JsonNode modalities = fields.get("modalities");
    if (!modalities.isMissingNode() && !modalities.toString().equals("[\"text\"]")) {
      throw ApiException.invalid("modalities", "unsupported_parameter", "only text is supported");
    }
  }

  private static List<ChatMessage> messages(JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      throw ApiException.invalid("messages", "messages must be a list of at least one message");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : list) {
      String at = "messages[" + messages.size() + "]";
      String role = message.path("role").asText("");
      if (!Set.of("system", "developer", "user", "assistant").contains(role)) {
        throw Fields.mustBe(at + ".role", "system, developer, user or assistant", message.path("role"));
      }
      // OpenAI's newer name of the same role; templates know the older one.
      messages.add(new ChatMessage(role.equals("developer") ? "system" : role, content(message.path("content"), at)));
    }
    return messages;
  }

  /** A text, or parts of which all are text. */
  private static String content(JsonNode content, String at) {
    if (content.isTextual()) return content.asText();
    if (!content.isArray()) throw Fields.mustBe(at + ".content", "a text or a list of parts", content);
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
        throw ApiException.invalid(at + ".content", "only parts of type text are supported");
      }
      text.append(part.path("text").asText());
    }
    return text.toString();
  }
}
