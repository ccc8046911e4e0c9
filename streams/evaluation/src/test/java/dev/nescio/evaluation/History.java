package dev.nescio.evaluation;

import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;

/**
 * A random history in random order: answers of several tenants and policies over some hours, references that change,
 * and labels that are early, late, repeated, corrected, retracted and without an answer.
 */
final class History {

  /** A record to send. */
  record Sent<V extends SpecificRecord>(Topic<V> topic, String key, V value) {}

  private static final Duration SPAN = Duration.ofHours(3);

  private final Random random;
  private final Instant now;
  private final List<Sent<?>> records = new ArrayList<>();
  private int labels;

  History(long seed, int items, Instant now) {
    this.random = new Random(seed);
    this.now = now;
    for (int i = 0; i < items; i++) item("item-" + i);
    Collections.shuffle(records, random);
  }

  List<Sent<?>> records() {
    return records;
  }

  private void item(String questionId) {
    if (random.nextDouble() < 0.7) {
      reference(questionId, 0);
      if (random.nextDouble() < 0.1) reference(questionId, 1);
    }
    int asks = 1 + random.nextInt(3);
    for (int ask = 0; ask < asks; ask++) answer(questionId, "ask" + ask);
    if (random.nextDouble() < 0.01) label(questionId, questionId + "~never", 0, now);
  }

  private void reference(String questionId, long revision) {
    Reference reference = Records.reference(revision, before(now), random.nextBoolean() ? "Lima" : "Cusco");
    reference.setAnswerable(random.nextDouble() < 0.95);
    records.add(new Sent<>(Topics.REFERENCES, questionId, reference));
  }

  private void answer(String questionId, String ask) {
    Instant answeredAt = before(now);
    var answer = Records.answer(questionId, ask, random.nextBoolean() ? "Lima" : "Cusco", answeredAt)
        .setTenant("tenant" + random.nextInt(3))
        .setDomain("domain" + random.nextInt(2))
        .setPolicyVersion("p" + random.nextInt(2))
        .setDecision(pick(Decision.ANSWER, Decision.ANSWER, Decision.ANSWER, Decision.IDK, Decision.ERROR))
        .setConfidence(random.nextDouble() < 0.8 ? random.nextInt(1_000_000_001) / 1e9 : null)
        .setPIdk(random.nextInt(1_000_000_001) / 1e9)
        .setAudited(random.nextDouble() < 0.2)
        .setScores(Map.of(Records.ESTIMATOR, new RawScore(-random.nextDouble() * 9, ScoreKind.UNBOUNDED, null)))
        .build();
    int copies = random.nextDouble() < 0.05 ? 2 : 1;
    for (int copy = 0; copy < copies; copy++) records.add(new Sent<>(Topics.ANSWERS, questionId, answer));
    int opinions = random.nextInt(4);
    for (int opinion = 0; opinion < opinions; opinion++) {
      boolean late = random.nextDouble() < 0.02;
      Instant at = answeredAt.plus(late ? Duration.ofDays(8) : Duration.ofSeconds(random.nextInt(3_000)));
      label(questionId, answer.getAnswerId(), opinion, at);
    }
  }

  private void label(String questionId, String answerId, long revision, Instant at) {
    Label label = Records.label("label-" + labels++, answerId, random.nextBoolean(), at)
        .setAction(random.nextDouble() < 0.1 ? LabelAction.RETRACT : LabelAction.ASSERT)
        .setSource(pick(LabelSource.PERSON, LabelSource.JUDGE, LabelSource.SIGNAL))
        .setRevision(revision)
        .build();
    int copies = random.nextDouble() < 0.05 ? 2 : 1;
    for (int copy = 0; copy < copies; copy++) records.add(new Sent<>(Topics.LABELS, questionId, label));
  }

  private Instant before(Instant time) {
    return time.minusMillis(random.nextLong(SPAN.toMillis()));
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
