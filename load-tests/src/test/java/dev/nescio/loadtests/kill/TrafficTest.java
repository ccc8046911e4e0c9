package dev.nescio.loadtests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.loadtests.kill.Traffic.Answering;
import dev.nescio.loadtests.kill.Traffic.Event;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Topics;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrafficTest {

  private static final Instant START = Instant.parse("2026-01-05T12:00:00Z");
  private static final Answering ANSWERING = new Answering("d".repeat(64), "built-in");

  private final List<Event> events = Traffic.of("r", 7, 2_000, ANSWERING, START);

  @Test
  void isAFunctionOfTheSeed() {
    assertThat(Traffic.of("r", 7, 2_000, ANSWERING, START)).isEqualTo(events);
    assertThat(Traffic.of("r", 8, 2_000, ANSWERING, START)).isNotEqualTo(events);
  }

  @Test
  void asksEveryQuestionUnderAnIdOfItsOwnAndSomeItemsAgain() {
    List<Event> asked = events.stream().filter(event -> event.record() instanceof Question).toList();
    assertThat(asked).hasSize(2_000);
    assertThat(asked.stream().map(event -> ((Question) event.record()).getAskId())).doesNotHaveDuplicates();
    assertThat(new HashSet<>(asked.stream().map(Event::key).toList()).size()).isBetween(1_600, 1_800);
    assertThat(asked).anyMatch(
        event -> ((Question) event.record()).getText().length() > KillSystem.MODEL.contextTokens());
  }

  @Test
  void labelsAreRepeatedCorrectedRetractedLateAndAboutNothing() {
    List<Label> labels =
        events.stream().map(Event::record).filter(Label.class::isInstance).map(Label.class::cast).toList();
    Set<String> ids = new HashSet<>(labels.stream().map(Label::getLabelId).toList());
    assertThat(ids.size()).isLessThan(labels.size());
    assertThat(labels).anyMatch(label -> label.getAction() == LabelAction.RETRACT);
    assertThat(labels).anyMatch(label -> label.getRevision() == 1);
    assertThat(labels).anyMatch(label -> label.getSource() == LabelSource.SIGNAL);
    assertThat(labels).anyMatch(label -> label.getAnswerId().endsWith("~never"));
    assertThat(labels).anyMatch(label -> label.getLabelledAt().isAfter(START.plus(Truth.HORIZON)));
    assertThat(events).anyMatch(event -> event.record() == null && event.topic() == Topics.LABELS);
    assertThat(events).anyMatch(event -> event.record() == null && event.topic() == Topics.QUESTIONS);
    assertThat(events).filteredOn(event -> event.record() instanceof Label)
        .allMatch(event -> Ids.questionIdOf(((Label) event.record()).getAnswerId()).equals(event.key()));
  }
}
