package dev.nescio.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PlatformKindTest {

  @Test
  void platformsAreChosenByName() {
    assertThat(PlatformKind.chosen("")).isEmpty();
    assertThat(PlatformKind.chosen(" embedded,Containers")).containsExactly("EMBEDDED", "CONTAINERS");
    assertThatIllegalArgumentException().isThrownBy(() -> PlatformKind.chosen("docker"))
        .withMessageContaining("nescio.platforms=docker").withMessageContaining("embedded, containers");
  }

  @Test
  void theImagesAreThoseThatTheScriptBuilds() {
    assertThat(Images.configured().kafka()).matches("nescio/kafka:\\d+\\.\\d+\\.\\d+");
    assertThat(Images.configured().registry()).matches("nescio/registry:\\d+\\.\\d+\\.\\d+");
  }
}
