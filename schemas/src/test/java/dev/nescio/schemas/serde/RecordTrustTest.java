package dev.nescio.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.schemas.Question;
import java.time.Instant;
import org.apache.avro.util.ClassUtils;
import org.junit.jupiter.api.Test;

class RecordTrustTest {

  @Test
  void aBuilderFillsNestedDefaultsBeforeAnySerdeIsMade() {
    Question question = Question.newBuilder().setText("a").setAskId("b").setAskedAt(Instant.EPOCH).build();

    assertThat(question.getOptions().getChannel()).isEqualTo("champion");
  }

  @Test
  void noOtherClassIsLoadedByName() throws Exception {
    assertThat(Question.getClassSchema()).isNotNull();
    assertThat(ClassUtils.forName("dev.nescio.schemas.Question")).isEqualTo(Question.class);
    assertThatThrownBy(() -> ClassUtils.forName("dev.nescio.schemas.serde.AvroSerdes"))
        .isInstanceOf(SecurityException.class);
    assertThatThrownBy(() -> ClassUtils.forName("java.util.ArrayList")).isInstanceOf(SecurityException.class);
  }
}
