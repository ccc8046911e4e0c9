package dev.nescio.model.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.model.TinyGguf;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class RopeScalingTest {

  private static final RopeScaling LLAMA_3_1 = new RopeScaling.Llama3(8, 1, 4, 8192);

  @Test
  void keepsShortWavelengthsAndStretchesLongOnes() {
    // 8192 / 4 = 2048 and 8192 / 1 = 8192 are the borders.
    assertThat(LLAMA_3_1.scaled(2 * Math.PI / 2047)).isEqualTo(2 * Math.PI / 2047);
    assertThat(LLAMA_3_1.scaled(2 * Math.PI / 8193)).isCloseTo(2 * Math.PI / 8193 / 8, within(1e-15));
  }

  @Test
  void blendsBetween() {
    // wavelength 4096: (8192 / 4096 - 1) / (4 - 1) = 1/3 is kept, 2/3 is divided by 8
    double inverse = 2 * Math.PI / 4096;
    assertThat(LLAMA_3_1.scaled(inverse)).isCloseTo(inverse * (1 / 3.0 + 2 / 3.0 / 8), within(1e-15));
  }

  @Test
  void linearScalingDividesPositions() {
    assertThat(new RopeScaling.Linear(4).scaled(1)).isEqualTo(0.25);
    LlamaConfig plain = TinyGguf.CONFIG;
    LlamaConfig stretched = new LlamaConfig(plain.family(), plain.vocabSize(), plain.hiddenSize(),
        plain.intermediateSize(), plain.layers(), plain.heads(), plain.kvHeads(), plain.headDim(), plain.rmsNormEps(),
        plain.ropeTheta(), new RopeScaling.Linear(4), plain.contextTokens(), plain.slidingWindow(),
        plain.tiedEmbeddings(), plain.biases(), plain.bosTokenId(), plain.endTokenIds());
    float[] there = RotaryTable.of(stretched, 9).cosines();
    float[] here = RotaryTable.of(plain, 3).cosines();
    for (int d = 0; d < plain.headDim(); d++) assertThat(there[8 * plain.headDim() + d]).isEqualTo(here[8 + d]);
  }

  @Test
  void checksItself() {
    assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 4, 8192)).hasMessageContaining("low_freq_factor");
    assertThatThrownBy(() -> new RopeScaling.Linear(Double.NaN)).hasMessageContaining("at least 1");
  }

  @Property
  void neverSpeedsUpNorSlowsDownByMoreThanTheFactor(@ForAll @DoubleRange(min = 0, max = 14) double octaves) {
    double inverse = Math.exp(-octaves);
    assertThat(LLAMA_3_1.scaled(inverse)).isBetween(inverse / 8 * (1 - 1e-12), inverse * (1 + 1e-12));
  }
}
