package dev.nescio.model.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ChatTemplateException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's chat template: a conversation in, the text of the prompt out.
 *
 * <p>What the template sees is what {@code apply_chat_template} of transformers shows it: {@code messages} with role
 * and content, {@code add_generation_prompt}, the special tokens by name ({@code bos_token}, ...), {@code
 * raise_exception}, {@code strftime_now}, {@code tojson} as Python writes JSON, methods of Python's strings, {@code {%
 * generation %}}. There are no tools and no documents. What a message says is data: Jinja markup in it is never
 * interpreted.
 *
 * <p>Thread-safe. Jinjava is started by the first rendering, not before.
 */
public final class ChatTemplate {

  private final String origin;
  private final String jinja;
  private final Map<String, String> tokens;
  private final Clock clock;
  private Jinjava engine;
  private String source; // jinja with its white space decided

  /**
   * @param origin file that the template is from, for messages
   * @param source Jinja
   * @param tokens texts of the special tokens by the names that templates know, such as {@code eos_token}
   * @param clock  what {@code strftime_now} tells
   */
  public ChatTemplate(String origin, String source, Map<String, String> tokens, Clock clock) {
    this.origin = origin;
    this.jinja = source;
    this.tokens = Map.copyOf(tokens);
    this.clock = clock;
  }

  /**
   * Renders a conversation.
   *
   * @param messages            at least one
   * @param addGenerationPrompt true to end with what stands before the assistant's next message
   * @return text in which special tokens stand by their names, wherever they come from: text for people, and for the
   *     model only through {@code ModelTokenizer.encodeChat}, which knows the template's from the users'
   * @throws ChatTemplateException if the template is damaged or refuses the conversation
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    if (messages.isEmpty()) throw new IllegalArgumentException("a conversation needs at least one message");
    Map<String, Object> bindings = new HashMap<>(tokens);
    bindings.put("messages", messages.stream().map(ChatTemplate::map).toList());
    bindings.put("add_generation_prompt", addGenerationPrompt);
    bindings.put(TemplateFunctions.CLOCK, clock);
    Jinjava started = engine();
    RenderResult result = started.renderForResult(source, bindings);
    if (!result.getErrors().isEmpty()) throw refusal(result.getErrors());
    return result.getOutput();
  }

  private synchronized Jinjava engine() {
    if (engine == null) {
      Jinjava started = TemplateFunctions.newEngine();
      try {
        TemplateSource read = TemplateSource.of(jinja);
        TemplateFunctions.requireKnown(read.filters(), started);
        source = read.text();
      } catch (IllegalArgumentException e) {
        throw new ChatTemplateException("the chat template of " + origin + " cannot be applied: " + e.getMessage(), e);
      }
      engine = started;
    }
    return engine;
  }

  private static Map<String, Object> map(ChatMessage message) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("role", message.role());
    map.put("content", message.content());
    return map;
  }

  private ChatTemplateException refusal(List<TemplateError> errors) {
    Optional<RefusedException> refused = errors.stream().flatMap(e -> causes(e.getException()).stream())
        .filter(RefusedException.class::isInstance).map(RefusedException.class::cast).findFirst();
    if (refused.isPresent()) {
      return new ChatTemplateException(
          "the chat template of " + origin + " refuses the conversation: " + refused.get().getMessage());
    }
    TemplateError first = errors.getFirst();
    return new ChatTemplateException("the chat template of " + origin + " cannot be applied, line " + first.getLineno()
        + ": " + first.getMessage(), first.getException());
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable t = failure; t != null && !causes.contains(t); t = t.getCause()) causes.add(t);
    return causes;
  }
}
