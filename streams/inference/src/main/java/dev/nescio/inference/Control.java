package dev.nescio.inference;

import dev.nescio.schemas.Policy;

/** What is in force at one moment: every answer is decided by one such picture. Immutable. */
record Control(PolicyBook policies, CalibratorBook calibrators, ReleaseBook releases) {

  static Control startingWith(Policy builtIn) {
    return new Control(PolicyBook.of(builtIn), CalibratorBook.EMPTY, ReleaseBook.EMPTY);
  }

  Control with(PolicyBook next) {
    return new Control(next, calibrators, releases);
  }

  Control with(CalibratorBook next) {
    return new Control(policies, next, releases);
  }

  Control with(ReleaseBook next) {
    return new Control(policies, calibrators, next);
  }
}
