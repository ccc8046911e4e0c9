package dev.nescio.loadtests.server;

/**
 * What a check found.
 *
 * @param check   its name
 * @param outcome what came of it
 * @param words   figures, or the reason
 */
record Finding(String check, Outcome outcome, String words) {

  /** What came of a check. */
  enum Outcome {
    /** The server gives it, and it holds. */
    GIVEN,
    /** The client says that the server cannot, and refuses to ask. */
    DENIED,
    /** Nothing was there to check it with. */
    SKIPPED,
    /** It was promised and did not hold. */
    BROKEN
  }
}
