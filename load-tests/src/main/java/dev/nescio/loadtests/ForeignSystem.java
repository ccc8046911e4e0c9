package dev.nescio.loadtests;

/**
 * A system that somebody else runs; it is neither stopped nor killed.
 *
 * @param target where it is
 */
record ForeignSystem(Target target) implements SystemUnderTest {

  @Override
  public void killAndRestart() {
    throw new LoadTestException("a workload with killAtSeconds starts its own system; leave out --bootstrap-servers");
  }

  @Override
  public void requireAlive() {
    // Whoever runs it watches it; here it shows as questions that are not answered.
  }

  @Override
  public void close() {
    // It goes on.
  }
}
