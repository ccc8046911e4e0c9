package dev.nescio.language.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiConfigTest {

  @Test
  void readsAnAddressWithTheModelsName() {
    OpenAiConfig config = OpenAiConfig.parse("openai:http://host:8000/v1/#org/model", Map.of("kind", "vllm"));
    assertThat(config.url()).isEqualTo(URI.create("http://host:8000/v1"));
    assertThat(config.model()).contains("org/model");
    assertThat(config.kind()).contains(ServerKind.VLLM);
    assertThat(OpenAiConfig.parse("openai:https://host/v1", Map.of()).model()).isEmpty();
    assertThatThrownBy(() -> OpenAiConfig.parse("http://host", Map.of())).hasMessageContaining("openai:");
  }

  @Test
  void unknownSettingsFail() {
    assertThatThrownBy(() -> OpenAiConfig.of(Map.of("url", "http://h/v1", "timeout", "1")))
        .hasMessageContainingAll("timeout", "request.timeout.ms");
    assertThatThrownBy(() -> OpenAiConfig.of(Map.of())).hasMessageContaining("url is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "url,ftp://host/v1,url", "url,host,url", "url,http://user:pass@host/v1,url", "url,http://host/v1?x=1,url",
    "model,'',model", "kind,hal,hal", "context.tokens,0,context.tokens", "concurrency,0,concurrency",
    "retries,-1,retries", "retry.first.ms,0,first", "retry.longest.ms,1,longest",
    "connect.timeout.ms,0,connect.timeout.ms", "request.timeout.ms,x,request.timeout.ms", "key.variable,'',key.variable"
  })
  void whatIsOutOfRangeIsNamed(String key, String value, String named) {
    Map<String, String> settings = new HashMap<>(Map.of("url", "http://h/v1"));
    settings.put(key, value);
    assertThatThrownBy(() -> OpenAiConfig.of(settings)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void passwordsInAnAddressAreNotRepeated() {
    assertThatThrownBy(() -> OpenAiConfig.parse("openai:http://user:hunter2@host/v1", Map.of()))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }

  @Test
  void kindsAreFoundByNameAndOwner() {
    assertThat(ServerKind.named("NESCIO")).isEqualTo(ServerKind.NESCIO);
    assertThatThrownBy(() -> ServerKind.named("hal")).hasMessageContainingAll("hal", "vllm, llama.cpp");
    assertThat(ServerKind.ownedBy("llamacpp")).isEqualTo(ServerKind.LLAMA_CPP);
    assertThat(ServerKind.ownedBy("")).isEqualTo(ServerKind.GENERIC);
  }
}
