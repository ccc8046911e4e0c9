package dev.nescio.loadtests.kill;

import java.util.Locale;
import java.util.SplittableRandom;

/**
 * One run: who is hit, how and when. A function of its seed, so that a seed repeats it; the 27 kinds of a run take
 * turns with the seeds, what differs within a kind is drawn.
 *
 * @param seed        of the case and of its questions and labels
 * @param victim      what is hit
 * @param signal      how
 * @param moment      when
 * @param instance    which of the two instances of an app, 0 or 1
 * @param role        which of the three brokers
 * @param phase       what a transaction has to be in, when the moment is {@link Moment#COMMIT}
 * @param delayMillis from the moment to the signal
 * @param downMillis  how long an ended process stays down; a stopped one sleeps until it was replaced, and then this
 *                    much
 */
record KillCase(
    long seed, Victim victim, Signal signal, Moment moment, int instance, BrokerRole role, Phase phase,
    int delayMillis, int downMillis) {

  /** What is hit. */
  enum Victim { EVALUATION, INFERENCE, BROKER }

  /** How: asked to end, ended, or stopped for longer than anybody waits for it and then continued. */
  enum Signal { TERM, KILL, STOP }

  /** When: nothing under way, records flowing, or a transaction under way. */
  enum Moment { IDLE, LOADED, COMMIT }

  /** Which broker. */
  enum BrokerRole { CONTROLLER, TRANSACTION_COORDINATOR, LEADER_OF_LABELS }

  /** How far a transaction has come: written to, or its end decided and not yet known everywhere. */
  enum Phase { OPEN, ENDING }

  private static final int KINDS = Victim.values().length * Signal.values().length * Moment.values().length;
  private static final int MAX_OPEN_DELAY_MILLIS = 60;
  private static final int MAX_LOADED_DELAY_MILLIS = 1_500;
  private static final int MAX_DOWN_MILLIS = 3_000;

  /** @param seed 0 or above */
  static KillCase of(long seed) {
    if (seed < 0) throw new IllegalArgumentException("a seed is 0 or above, is " + seed);
    int kind = (int) (seed % KINDS);
    return of(seed, Victim.values()[kind % 3], Signal.values()[kind / 3 % 3], Moment.values()[kind / 9]);
  }

  /** A case of a given kind. */
  static KillCase of(long seed, Victim victim, Signal signal, Moment moment) {
    SplittableRandom random = new SplittableRandom(seed);
    int instance = random.nextInt(2);
    BrokerRole role = BrokerRole.values()[random.nextInt(3)];
    Phase phase = Phase.values()[random.nextInt(2)];
    int delay = switch (moment) {
      case IDLE -> 0;
      case LOADED -> random.nextInt(MAX_LOADED_DELAY_MILLIS);
      case COMMIT -> phase == Phase.OPEN ? random.nextInt(MAX_OPEN_DELAY_MILLIS) : 0;
    };
    // In the middle of a commit, the broker that matters is the one that conducts it.
    if (moment == Moment.COMMIT) role = BrokerRole.TRANSACTION_COORDINATOR;
    return new KillCase(seed, victim, signal, moment, instance, role, phase, delay, random.nextInt(MAX_DOWN_MILLIS));
  }

  /** For people. */
  String describe() {
    String who = victim == Victim.BROKER ? role.name().replace('_', ' ') : victim.name() + " " + instance;
    String when = moment == Moment.COMMIT ? moment + " (" + phase + ")" : moment.name();
    return String.format(Locale.ROOT, "%-23s %-4s %-15s", who.toLowerCase(Locale.ROOT), signal,
        when.toLowerCase(Locale.ROOT));
  }
}
