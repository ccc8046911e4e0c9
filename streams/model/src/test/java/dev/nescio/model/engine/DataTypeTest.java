package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import dev.nescio.model.Golden;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.torch.Torch;
import dev.nescio.model.torch.TorchDevice;
import dev.nescio.model.torch.UnsupportedDeviceException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model's device and data type. */
class DataTypeTest {

  @Test
  void aModelIsRefusedBeforeAnythingIsRead() {
    assumeTrue(Torch.cudaDevices() == 0, "SKIPPED, needs a machine without a CUDA device");
    LocalModelConfig config = LocalModelConfig.of(Path.of("no", "such", "directory"));
    assertThatThrownBy(() -> TorchLanguageModel.open(config.withDevice(TorchDevice.parse("cuda"))))
        .isInstanceOf(UnsupportedDeviceException.class).hasMessageContaining("device cuda:0 was asked for");
    assertThatThrownBy(() -> TorchLanguageModel.open(config.withDataType(FloatType.BFLOAT16)))
        .isInstanceOf(UnsupportedDeviceException.class).hasMessageContaining("BFLOAT16");
  }

  /** Without bfloat16: on a CPU this libtorch ends the process as soon as it converts to it. */
  @ParameterizedTest
  @EnumSource(value = FloatType.class, names = "BFLOAT16", mode = EnumSource.Mode.EXCLUDE)
  void weightsRowsTablesAndCacheHaveTheDataType(FloatType type) throws IOException {
    try (NDManager manager = Torch.newManager()) {
      LlamaWeights weights =
          LlamaWeights.load(Golden.path("families/untied"), new IdkRow.MeanOf(10, 20), manager, type);
      assertThat(weights.list()).allMatch(array -> array.getDataType() == type.engine());
      assertThat(weights.idkRows()).hasSize(2).allMatch(array -> array.getDataType() == type.engine());
      assertThat(weights.cacheBytesPerToken()).isEqualTo(2L * type.bytes() * 2 * 2 * 16);
      try (LlamaForward forward = new LlamaForward(weights, 8, 8)) {
        assertThat(forward.newCache(manager, 1, 4).getDataType()).isEqualTo(type.engine());
      }
      // The checkpoint is exact in float16.
      if (type == FloatType.FLOAT16) {
        LlamaWeights wide = LlamaWeights.load(Golden.path("families/untied"), new IdkRow.None(), manager);
        for (String name : wide.names()) {
          assertThat(weights.get(name).toType(FloatType.FLOAT32.engine(), true)).isEqualTo(wide.get(name));
        }
      }
    }
  }

  @Test
  void halfPrecisionIsNotSaved() throws IOException {
    try (NDManager manager = Torch.newManager()) {
      LlamaWeights weights =
          LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager, FloatType.FLOAT16);
      assertThatThrownBy(() -> weights.save(Path.of("nowhere"))).hasMessageContaining("save FLOAT32 weights");
    }
  }
}
