package dev.nescio.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.model.files.FloatType;
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
}
