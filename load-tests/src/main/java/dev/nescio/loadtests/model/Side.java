package dev.nescio.loadtests.model;

import java.io.IOException;

/** One of the two that are compared. Uses no core between calls. */
interface Side extends AutoCloseable {

  /** Does the work and says how long it took. */
  Task.Done run(Task task) throws IOException;

  @Override
  void close();
}
