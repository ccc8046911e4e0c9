package dev.nescio.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ChatTemplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {

  private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-05T07:08:09Z"), ZoneOffset.UTC);
  private static final JsonNode GOLDEN = golden();

  @Test
  void rendersAndRefusesAsTheReference() {
    Map<String, ChatTemplate> templates = new HashMap<>();
    GOLDEN.get("templates").properties()
        .forEach(e -> templates.put(e.getKey(), template(e.getKey(), e.getValue().textValue())));
    for (JsonNode golden : GOLDEN.get("cases")) {
      ChatTemplate template = templates.get(golden.get("template").textValue());
      List<ChatMessage> messages = messages(golden.get("messages"));
      boolean prompt = golden.get("addGenerationPrompt").booleanValue();
      String name = golden.get("template").textValue() + " of " + messages;
      if (golden.has("refused")) {
        assertThatThrownBy(() -> template.render(messages, prompt)).as(name)
            .isInstanceOf(ChatTemplateException.class)
            .hasMessageEndingWith("refuses the conversation: " + golden.get("refused").textValue());
      } else {
        assertThat(template.render(messages, prompt)).as(name).isEqualTo(golden.get("text").textValue());
      }
    }
  }

  @Property(tries = 100)
  void whatAMessageSaysIsNeverInterpreted(@ForAll String text) {
    ChatTemplate template = Shared.PLAIN;
    for (String content : List.of(
        text, "{{" + text + "}}", "{% if true %}" + text, "{#" + text + "#}", "{{ 6 * 7 }}")) {
      assertThat(template.render(List.of(ChatMessage.user(content)), false)).isEqualTo("user:" + content + ";");
    }
  }

  @Test
  void aDamagedTemplateIsNamedWithItsLine() {
    assertThatThrownBy(() -> template("t.jinja", "a\n{{ messages").render(List.of(ChatMessage.user("x")), true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessage("the chat template of t.jinja cannot be applied: what is opened in line 2 is never closed");
    assertThatThrownBy(() -> template("t.jinja", "a\n{% if messages %}").render(List.of(ChatMessage.user("x")), true))
        .isInstanceOf(ChatTemplateException.class).hasMessageContaining("t.jinja cannot be applied, line 2");
    ChatTemplate unknown = template("t.jinja", "{{ messages | nosuch }}");
    assertThatThrownBy(() -> unknown.render(List.of(ChatMessage.user("x")), true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessage("the chat template of t.jinja cannot be applied: it uses the filter 'nosuch', which is not known"
            + " here");
    for (String wrong : List.of("{{ nosuch(1) }}", "{{ messages[0].content.nosuch() }}", "{{ 1 + }}", "{% nosuch %}",
        "{% for m in messages[::-2] %}{{ m.role }}{% endfor %}")) {
      assertThatThrownBy(() -> template("t.jinja", wrong).render(List.of(ChatMessage.user("x")), true)).as(wrong)
          .isInstanceOf(ChatTemplateException.class).hasMessageContaining("t.jinja cannot be applied, line 1");
    }
  }

  @Test
  void jsonIsWrittenAsPythonWritesIt() {
    List<ChatMessage> messages = List.of(ChatMessage.user("é\"\n"));
    assertThat(template("t", "{{ messages | tojson }}").render(messages, false))
        .isEqualTo("[{\"role\": \"user\", \"content\": \"é\\\"\\n\"}]");
    assertThat(template("t", "{{ messages[0] | tojson(indent=2) }}").render(messages, false))
        .isEqualTo("{\n  \"role\": \"user\",\n  \"content\": \"é\\\"\\n\"\n}");
  }

  /** Rendered with x, y and z these give what Jinja 3.1 gives with {@code trim_blocks} and {@code lstrip_blocks}. */
  @Test
  void whiteSpaceIsWhatJinjasLexerLeaves() {
    assertThat(source("a {% if x %}\n  b\n  {% endif %}\nc\n")).isEqualTo("a {% if x %}  b\n{% endif %}c");
    assertThat(source("a \n {%- if x -%} \n b {%+ endif %}\n")).isEqualTo("a{% if x %}b {% endif %}");
    assertThat(source("  {# note #}\nx {{- y }}\n{{ z -}}\n w")).isEqualTo("x{{ y }}\n{{ z }}w");
    assertThat(source("{{ '%}' }}{% set a = {'}}': '}'} %}-")).isEqualTo("{{ '%}' }}{% set a = {'}}': '}'} %}-");
    assertThat(source("\n\n")).isEqualTo("\n");
  }

  private static String source(String jinja) {
    return TemplateSource.of(jinja).text();
  }

  private static ChatTemplate template(String name, String source) {
    Map<String, String> tokens = new HashMap<>();
    GOLDEN.get("tokens").properties().forEach(e -> tokens.put(e.getKey(), e.getValue().textValue()));
    return new ChatTemplate(name, source, tokens, CLOCK);
  }

  private static List<ChatMessage> messages(JsonNode array) {
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode m : array) messages.add(new ChatMessage(m.get("role").textValue(), m.get("content").textValue()));
    return messages;
  }

  private static JsonNode golden() {
    try {
      return new ObjectMapper().readTree(ChatTemplateTest.class.getResource("/golden/chat.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Started once for all tries. */
  private static final class Shared {
    private static final ChatTemplate PLAIN =
        template("plain", "{% for m in messages %}{{ m.role }}:{{ m['content'] }};{% endfor %}");
  }
}
