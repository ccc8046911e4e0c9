package dev.nescio.loadtests.evaluation;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Answers and what is said about them, each a function of seed and index, so that a million need no memory: heavy-tailed
 * label delays (Pareto, index 0.5, from ten seconds on; some beyond the horizon), 5 % duplicates, 3 % corrections, 1 %
 * retractions, 1 % orphans, 2 % second opinions of people.
 *
 * @param seed    of everything
 * @param answers how many
 * @param end     the answers are spread over the six hours before
 */
public record Storm(long seed, int answers, Instant end) {

  /** What an event is about its answer. */
  public enum Kind { ANSWER, LABEL, DUPLICATE, CORRECTION, RETRACTION, SECOND_OPINION, ORPHAN }

  static final String ESTIMATOR = "sequence-probability";
  static final String MODEL = "base";

  private static final int KINDS = Kind.values().length;
  private static final long SPAN_MICROS = Duration.ofHours(6).toMillis() * 1_000;
  private static final double SHORTEST_SECONDS = 10;
  private static final double LONGEST_SECONDS = Duration.ofDays(60).toSeconds();

  /**
   * What happens to one answer.
   *
   * @param has by {@link Kind}: whether there is such an event
   */
  public record Fate(
      String tenant, String domain, String policy, Decision decision, Integer confidence, int pIdk, boolean audited,
      Instant answeredAt, LabelSource source, boolean correct, boolean personSays, Duration delay, boolean[] has) {

    /** Whether there is such an event. */
    public boolean has(Kind kind) {
      return has[kind.ordinal()];
    }

    /** When the answer was made, or the label or a later word of the same source was given. */
    public Instant at(Kind kind) {
      if (kind == Kind.ANSWER) return answeredAt;
      return answeredAt.plus(delay).plusSeconds(switch (kind) {
        case CORRECTION -> 60;
        case RETRACTION -> 120;
        case SECOND_OPINION -> 30;
        default -> 0;
      });
    }
  }

  /** Everything about one answer. */
  public Fate fate(int answer) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + answer);
    double kind = random.nextDouble();
    Decision decision = kind < 0.02 ? Decision.ERROR : kind < 0.17 ? Decision.IDK : Decision.ANSWER;
    int confidence = random.nextInt(1_000_000_001);
    boolean calibrated = random.nextDouble() < 0.9;
    double source = random.nextDouble();
    LabelSource who = source < 0.1 ? LabelSource.PERSON : source < 0.8 ? LabelSource.GRADER : LabelSource.SIGNAL;
    double seconds = Math.min(LONGEST_SECONDS, SHORTEST_SECONDS / Math.pow(1 - random.nextDouble(), 2));
    boolean[] has = new boolean[KINDS];
    has[Kind.ANSWER.ordinal()] = true;
    has[Kind.LABEL.ordinal()] = random.nextDouble() < 0.95;
    boolean labelled = has[Kind.LABEL.ordinal()];
    has[Kind.DUPLICATE.ordinal()] = labelled && random.nextDouble() < 0.05;
    has[Kind.CORRECTION.ordinal()] = labelled && random.nextDouble() < 0.03;
    has[Kind.RETRACTION.ordinal()] = labelled && random.nextDouble() < 0.01;
    has[Kind.SECOND_OPINION.ordinal()] = labelled && who != LabelSource.PERSON && random.nextDouble() < 0.02;
    has[Kind.ORPHAN.ordinal()] = random.nextDouble() < 0.01;
    return new Fate("tenant-" + answer % 3, "domain-" + answer / 3 % 2, "policy-" + answer / 6 % 2, decision,
        calibrated ? confidence : null, random.nextInt(1_000_000_001), random.nextDouble() < 0.1,
        end.minusNanos(random.nextLong(SPAN_MICROS) * 1_000), who, random.nextInt(1_000_000_000) < confidence,
        random.nextBoolean(), Duration.ofMillis((long) (seconds * 1_000)), has);
  }

  /** Every event as a number, by the time at which it happened: what a topic looks like that was filled over hours. */
  public int[] inOrder() {
    int[] events = events();
    return Arrays.stream(events).boxed()
        .sorted(Comparator.comparing((Integer event) -> fate(answerOf(event)).at(kind(event))))
        .mapToInt(Integer::intValue).toArray();
  }

  /** The answers alone, as numbers: all of them wait for a label. */
  public int[] waiting() {
    return IntStream.range(0, answers).map(answer -> answer * KINDS + Kind.ANSWER.ordinal()).toArray();
  }

  /** Every event as a number, in random order. */
  public int[] events() {
    int[] events = new int[answers * KINDS];
    int size = 0;
    for (int answer = 0; answer < answers; answer++) {
      boolean[] has = fate(answer).has();
      for (int kind = 0; kind < KINDS; kind++) if (has[kind]) events[size++] = answer * KINDS + kind;
    }
    int[] shuffled = Arrays.copyOf(events, size);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = shuffled[i];
      shuffled[i] = shuffled[other];
      shuffled[other] = kept;
    }
    return shuffled;
  }

  /** What an event is. */
  public static Kind kind(int event) {
    return Kind.values()[event % KINDS];
  }

  /** The answer that an event is about. */
  public static int answerOf(int event) {
    return event / KINDS;
  }

  /** Key of the records of an event. */
  public static String key(int event) {
    return kind(event) == Kind.ORPHAN ? "orphan-" + answerOf(event) : item(answerOf(event));
  }

  /** The record of an answer. */
  public Answer answer(int answer) {
    Fate fate = fate(answer);
    return Answer.newBuilder()
        .setAnswerId(answerId(answer))
        .setAskId("ask-" + answer)
        .setCandidate("candidate number " + answer)
        .setDecision(fate.decision())
        .setReason("below threshold: p_idk 0.2 <= 0.31")
        .setConfidence(fate.confidence() == null ? null : (Double) (fate.confidence() / 1e9))
        .setPIdk(fate.pIdk() / 1e9)
        .setEstimator(ESTIMATOR)
        .setScores(Map.of(ESTIMATOR, new RawScore(-fate.pIdk() / 1e8, ScoreKind.UNBOUNDED, null),
            "min-token-probability", new RawScore(fate.pIdk() / 1e9, ScoreKind.UNBOUNDED, null)))
        .setModelVersion(MODEL)
        .setModelDigest("d".repeat(64))
        .setPolicyVersion(fate.policy())
        .setCalibratorVersion(fate.confidence() == null ? null : "evaluation-000001")
        .setTenant(fate.tenant())
        .setDomain(fate.domain())
        .setAudited(fate.audited())
        .setAskedAt(fate.answeredAt().minusMillis(700))
        .setAnsweredAt(fate.answeredAt())
        .build();
  }

  /** The label of an event that is not an answer. */
  public Label label(int event) {
    int answer = answerOf(event);
    Fate fate = fate(answer);
    Kind kind = kind(event);
    Label.Builder label = Label.newBuilder()
        .setLabelId("label-" + answer)
        .setAnswerId(answerId(answer))
        .setAction(LabelAction.ASSERT)
        .setCorrect(fate.correct())
        .setSource(fate.source())
        .setPrincipal("storm")
        .setLabelledAt(fate.at(kind));
    return switch (kind) {
      case LABEL, DUPLICATE -> label.build();
      case CORRECTION -> label.setLabelId("correction-" + answer).setCorrect(!fate.correct()).setRevision(1).build();
      case RETRACTION -> label.setLabelId("retraction-" + answer).setAction(LabelAction.RETRACT).setCorrect(null)
          .setRevision(2).build();
      case SECOND_OPINION -> label.setLabelId("second-" + answer).setSource(LabelSource.PERSON)
          .setCorrect(fate.personSays()).build();
      case ORPHAN -> label.setLabelId("orphan-" + answer).setAnswerId("orphan-" + answer + "~0").build();
      case ANSWER -> throw new IllegalArgumentException("event " + event + " is an answer");
    };
  }

  private static String item(int answer) {
    return String.format("%032x", answer * 0x9E3779B97F4A7C15L);
  }

  private static String answerId(int answer) {
    return item(answer) + "~" + String.format("%016x", answer * 0xC2B2AE3D27D4EB4FL);
  }
}
