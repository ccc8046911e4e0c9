package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchDeviceTest {

  @Test
  void readsWhatUsersWrite() {
    assertThat(TorchDevice.parse("cpu")).isEqualTo(TorchDevice.CPU).hasToString("cpu");
    assertThat(TorchDevice.parse("cuda")).isEqualTo(TorchDevice.parse("cuda:0")).hasToString("cuda:0");
    assertThat(TorchDevice.parse("cuda:12").cuda()).contains(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:1000", "CPU "})
  void refusesOtherNames(String text) {
    assertThatThrownBy(() -> TorchDevice.parse(text)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is neither cpu, cuda nor cuda:N");
  }

  @ParameterizedTest
  @EnumSource(value = FloatType.class, names = {"BFLOAT16", "FLOAT16"})
  void theCpuComputesInFloat32Only(FloatType type) {
    assertThatThrownBy(() -> TorchDevice.CPU.require(type, 0)).isInstanceOf(UnsupportedDeviceException.class)
        .hasMessageContaining("data type " + type).hasMessageContaining("use FLOAT32");
    TorchDevice.CPU.require(FloatType.FLOAT32, 0);
  }

  @Test
  void namesTheDevicesThatAreThere() {
    TorchDevice second = TorchDevice.parse("cuda:1");
    second.require(FloatType.BFLOAT16, 2);
    assertThatThrownBy(() -> second.require(FloatType.BFLOAT16, 1)).hasMessageContaining("only cuda:0 to cuda:0");
    assertThatThrownBy(() -> second.require(FloatType.BFLOAT16, 0)).hasMessageContaining("there is no CUDA device");
  }

  @Test
  void aModelIsRefusedBeforeAnythingIsRead() {
    assumeTrue(Torch.cudaDevices() == 0, "SKIPPED, needs a machine without a CUDA device");
    TorchModelConfig config = TorchModelConfig.of(Path.of("no", "such", "directory"));
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
