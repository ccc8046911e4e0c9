package dev.nescio.loadtests;

/** A running nescio. */
interface SystemUnderTest extends AutoCloseable {

  /** Where it is reached now; may change with a restart. */
  Target target();

  /**
   * SIGKILL, then a start on what is left on disk; returns when it answers again.
   *
   * @throws LoadTestException when it does not come back
   */
  void killAndRestart();

  /** @throws LoadTestException when it has ended by itself */
  void requireAlive();

  /** Lets go; stops it when this has started it. */
  @Override
  void close();
}
