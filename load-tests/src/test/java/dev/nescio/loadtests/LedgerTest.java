package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final long MILLI = 1_000_000L;

  private final Ledger ledger = new Ledger();

  @Test
  void countsLatencyFromWhenAQuestionWasDueAndNotFromWhenItWentOut() {
    ledger.asked("a", 100 * MILLI, 400 * MILLI, true);
    ledger.answered("a", Decision.ANSWER, 500 * MILLI, 20_000);

    Ledger.Timings timings = ledger.timings();

    assertThat(timings.endToEnd().maxMillis()).isBetween(400.0, 400.5);
    assertThat(timings.sendDelay().maxMillis()).isBetween(300.0, 300.5);
    assertThat(timings.model().maxMillis()).isBetween(20.0, 20.1);
  }

  @Test
  void doesNotTimeTheWarmUpButWaitsForIt() {
    ledger.asked("a", 0, 0, false);
    assertThat(ledger.settled()).isFalse();
    ledger.answered("a", Decision.IDK, MILLI, 1);

    assertThat(ledger.settled()).isTrue();
    assertThat(ledger.timings().endToEnd().count()).isZero();
    assertThat(ledger.outcome().exactlyOnce()).isTrue();
  }

  @Test
  void putsEveryQuestionWhereItBelongs() {
    for (String askId : new String[] {"once", "twice", "set aside", "lost", "failed"}) ledger.asked(askId, 0, 0, true);
    ledger.answered("once", Decision.ANSWER, 1, 1);
    ledger.answered("twice", Decision.ANSWER, 1, 1);
    ledger.answered("twice", Decision.ANSWER, 2, 1);
    ledger.answered("failed", Decision.ERROR, 1, 1);
    ledger.answered("of somebody else", Decision.ANSWER, 1, 1);
    ledger.deadLettered("set aside");
    ledger.deadLetteredUnknown();
    ledger.notAcknowledged("lost", "timed out");

    assertThat(ledger.outcome()).isEqualTo(new Ledger.Outcome(5, 2, 1, 1, 1, 1, 1, 1, 1));
    assertThat(ledger.outcome().exactlyOnce()).isFalse();
    assertThat(ledger.settled()).isFalse();
    assertThat(ledger.received()).hasSize(3);
  }
}
