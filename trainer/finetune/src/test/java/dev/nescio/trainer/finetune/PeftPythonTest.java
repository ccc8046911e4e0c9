package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real PEFT loads what the trainer wrote. Needs a Python with torch, which is too big for every build:
 * {@code .ci/peft-load} runs it. What it leaves in {@code target/peft-load} are the golden files of
 * {@link TrainedAdapterTest}.
 */
@EnabledIfSystemProperty(named = "nescio.peft.python", matches = ".+")
class PeftPythonTest {

  @ParameterizedTest
  @EnumSource
  void loadsAnAdapterWithoutMissingOrUnexpectedKeysAndComputesTheSame(TrainedAdapter kind)
      throws IOException, InterruptedException {
    Path directory = Path.of("target", "peft-load", kind.golden());
    clear(directory);
    Path base = TinyModel.copyTo(directory.resolve("base"));
    Path adapter = kind.train(base, directory.resolve("adapter"));
    Path values = directory.resolve("values.json");
    Files.writeString(values, TrainedAdapter.values(base, adapter).toString());
    Process process = new ProcessBuilder(System.getProperty("nescio.peft.python"), "src/test/python/peft_load.py",
        base.toString(), adapter.toString(), values.toString()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(new ObjectMapper().readTree(values.toFile()).path("cases").path(0).has("peft")).as(said).isTrue();
  }

  private static void clear(Path directory) throws IOException {
    if (!Files.exists(directory)) return;
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }
}
