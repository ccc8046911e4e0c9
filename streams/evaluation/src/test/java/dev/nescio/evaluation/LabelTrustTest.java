package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.nescio.schemas.LabelSource;
import org.junit.jupiter.api.Test;

class LabelTrustTest {

  @Test
  void trustsEverybodyUnlessTold() {
    LabelTrust trust = new LabelTrust(LabelTrust.ANYBODY, "");
    assertThat(trust.trusts(LabelSource.SIGNAL, "checkout")).isTrue();
    assertThat(trust.trusts(LabelSource.PERSON, "")).isTrue();
  }

  @Test
  void blocksAGradersDigestWithAllItsLabels() {
    LabelTrust trust = new LabelTrust("*:*", "JUDGE:judge:base@1f3*, PERSON:mallory");
    assertThat(trust.trusts(LabelSource.JUDGE, "judge:base@1f3a9")).isFalse();
    assertThat(trust.trusts(LabelSource.JUDGE, "judge:base@2f3a9")).isTrue();
    assertThat(trust.trusts(LabelSource.PERSON, "mallory")).isFalse();
    assertThat(trust.trusts(LabelSource.SIGNAL, "mallory")).isTrue();
  }

  @Test
  void trustsOnlyTheSourcesThatAreNamed() {
    LabelTrust trust = new LabelTrust("PERSON:*,GRADER:*", "");
    assertThat(trust.trusts(LabelSource.PERSON, "ann.(x)")).isTrue();
    assertThat(trust.trusts(LabelSource.SIGNAL, "PERSON:ann")).isFalse();
  }

  @Test
  void refusesARuleWithoutASource() {
    assertThatIllegalArgumentException().isThrownBy(() -> new LabelTrust("ann", ""))
        .withMessageContaining("labels.allowed").withMessageContaining("\"ann\"").withMessageContaining("PERSON");
  }
}
