package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.bytemodel.ByteModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Python works unchanged. Needs that package: {@code .ci/openai-client} runs this. */
@EnabledIfSystemProperty(named = "nescio.openai.python", matches = ".+")
class OpenAiPythonTest {

  @TempDir private Path directory;

  @Test
  void theOfficialClientWorksUnchanged() throws IOException, InterruptedException {
    Path base = ByteModel.twoLayers().withChat().write(directory.resolve("base"));
    Path tuned = ByteModel.twoLayers().withChat().withSeed(2).withIdk().write(directory.resolve("tuned"));
    try (Serving serving = new Serving(base, Map.of("tuned", tuned), ServeConfig.onPort(0), Optional.empty())) {
      Process process =
          new ProcessBuilder(
              System.getProperty("nescio.openai.python"), "src/test/python/openai_client.py",
              serving.server.url().toString(), "tiny", "tuned").redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      assertThat(said).contains("fine an adapter answers under its name");
    }
  }
}
