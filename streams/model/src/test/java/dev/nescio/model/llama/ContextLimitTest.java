package dev.nescio.model.llama;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.language.PromptTooLongException;
import dev.nescio.model.Golden;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ContextLimitTest {

  @Test
  void whatJustFitsIsTaken() throws IOException {
    ContextLimit limit = limit("tiny");
    assertThatCode(() -> limit.require(200, 56)).doesNotThrowAnyException();
    assertThatThrownBy(() -> limit.require(200, 57)).isInstanceOf(PromptTooLongException.class)
        .hasMessage("the prompt has 200 tokens and asks for 57 more; the context of m has 256. Ask for at most 56 more,"
            + " or shorten the prompt");
    assertThatThrownBy(() -> limit.require(256, Integer.MAX_VALUE)).hasMessageEndingWith("has 256. Shorten the prompt");
    assertThatThrownBy(() -> limit.require(257, 0))
        .hasMessage("the text has 257 tokens; the context of m has 256. Shorten it");
  }

  @Test
  void aSlidingWindowLimitsNothing() throws IOException {
    ContextLimit limit = limit("families/mistral-window");
    assertThatCode(() -> limit.require(200, 56)).doesNotThrowAnyException();
    assertThatThrownBy(() -> limit.require(200, 57)).hasMessageContaining("the context of m has 256");
  }

  private static ContextLimit limit(String model) throws IOException {
    return new ContextLimit("m", LlamaConfig.read(Golden.path(model)));
  }
}
