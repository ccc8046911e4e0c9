package dev.nescio.loadtests.kill;

import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.specific.SpecificRecord;

/**
 * Questions of one run and what is said about their answers, a function of seed and time of start: items asked twice,
 * questions that are too long, references that come before or after the answer, labels before and after their answer,
 * repeated, corrected, retracted, too late, of two sources, about answers that never come, and records that nobody can
 * read.
 */
final class Traffic {

  private static final int TOO_LONG = 2 * KillSystem.MODEL.contextTokens();
  private static final Duration BEYOND_HORIZON = Duration.ofDays(8);
  private static final byte[] GARBAGE = "not a record".getBytes(StandardCharsets.UTF_8);

  /**
   * What answers: labels name their answer before it exists.
   *
   * @param modelDigest   of the model
   * @param policyVersion in force
   */
  record Answering(String modelDigest, String policyVersion) {}

  /**
   * A record to send.
   *
   * @param place  order of sending
   * @param record null for one that nobody can read
   */
  record Event(double place, Topic<?> topic, String key, SpecificRecord record) {

    /** The bytes of a record that nobody can read. */
    byte[] garbage() {
      return GARBAGE.clone();
    }
  }

  private final String run;
  private final SplittableRandom random;
  private final Answering answering;
  private final Instant start;
  private final List<Event> events = new ArrayList<>();

  private Traffic(String run, long seed, Answering answering, Instant start) {
    this.run = run;
    this.random = new SplittableRandom(seed);
    this.answering = answering;
    this.start = start.truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * In the order of sending.
   *
   * @param run       name that no other run has
   * @param questions how many
   */
  static List<Event> of(String run, long seed, int questions, Answering answering, Instant start) {
    Traffic traffic = new Traffic(run, seed, answering, start);
    for (int i = 0; i < questions; i++) traffic.ask(i);
    traffic.events.sort(Comparator.comparingDouble(Event::place));
    return List.copyOf(traffic.events);
  }

  /** Questions alone, to learn from their answers who answers. */
  static List<Event> questions(String run, int questions, Instant start) {
    Traffic traffic = new Traffic(run, 0, null, start);
    for (int i = 0; i < questions; i++) traffic.question(i, run + "-" + i, run + "-" + i);
    return List.copyOf(traffic.events);
  }

  private void ask(int i) {
    boolean again = i > 0 && chance(0.15);
    String item = run + "-" + (again ? random.nextInt(i) : i);
    String askId = run + "-" + i;
    question(i, item, askId);
    if (!again && chance(0.5)) reference(i, item);
    if (chance(0.01)) events.add(new Event(i, Topics.QUESTIONS, run + "-unreadable-" + i, null));
    String answerId = Ids.answerId(item, askId, answering.modelDigest(), answering.policyVersion(), 0);
    if (chance(0.8)) labels(i, item, answerId);
    if (chance(0.01)) label(i, item, label(run + "-orphan-" + i, item + "~never", LabelSource.PERSON).build());
    if (chance(0.01)) events.add(new Event(i, Topics.LABELS, item, null));
  }

  private void question(int i, String item, String askId) {
    boolean tooLong = answering != null && chance(0.01);
    String text = "Which word is number " + i + " of " + run + (tooLong ? "?".repeat(TOO_LONG) : "?");
    events.add(new Event(i, Topics.QUESTIONS, item, Question.newBuilder()
        .setText(text).setAskId(askId).setAskedAt(start)
        .setTenant("tenant-" + random.nextInt(3)).setDomain("domain-" + random.nextInt(2))
        .setOptions(new QuestionOptions("champion", 4, 0L)).setAttributes(Map.of("run", run)).build()));
  }

  private void reference(int i, String item) {
    boolean answerable = chance(0.95);
    events.add(new Event(i + between(-5, 15), Topics.REFERENCES, item, Reference.newBuilder()
        .setAnswers(answerable ? List.of(String.valueOf((char) ('a' + random.nextInt(26))), "b", "e") : List.of())
        .setAnswerable(answerable).setSource("kill-matrix").setRecordedAt(start).build()));
  }

  private void labels(int i, String item, String answerId) {
    boolean signal = chance(0.3);
    boolean correct = random.nextBoolean();
    String id = answerId + "-label";
    double place = i + between(-3, 60);
    Label.Builder first = label(id, answerId, signal ? LabelSource.SIGNAL : LabelSource.PERSON).setCorrect(correct);
    if (chance(0.01)) first.setLabelledAt(start.plus(BEYOND_HORIZON));
    label(place, item, first.build());
    if (chance(0.05)) label(place + between(0, 40), item, first.build());
    if (chance(0.05)) {
      label(i + between(5, 80), item, Label.newBuilder(first).setLabelId(id + "-corrected").setCorrect(!correct)
          .setRevision(1).setLabelledAt(start.plusSeconds(60)).build());
    }
    if (chance(0.04)) {
      label(i + between(10, 100), item, Label.newBuilder(first).setLabelId(id + "-retracted").setCorrect(null)
          .setAction(LabelAction.RETRACT).setRevision(2).setLabelledAt(start.plusSeconds(120)).build());
    }
    if (signal && chance(0.2)) {
      label(i + between(0, 80), item, label(id + "-second", answerId, LabelSource.PERSON)
          .setCorrect(random.nextBoolean()).build());
    }
  }

  private Label.Builder label(String labelId, String answerId, LabelSource source) {
    return Label.newBuilder().setLabelId(labelId).setAnswerId(answerId).setSource(source).setPrincipal("kill-matrix")
        .setCorrect(true).setLabelledAt(start);
  }

  private void label(double place, String item, Label label) {
    events.add(new Event(place, Topics.LABELS, item, label));
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private double between(double low, double high) {
    return low + random.nextDouble() * (high - low);
  }
}
