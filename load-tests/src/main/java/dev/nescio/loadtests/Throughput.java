package dev.nescio.loadtests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How fast answers came.
 *
 * @param answers          read after the warm-up
 * @param seconds          from the end of the warm-up to the last of them
 * @param answersPerSecond their quotient, null without answers; bounded by the rate of asking unless the system was behind
 * @param eachSecond       answers in each second since the start, warm-up and draining included
 */
record Throughput(long answers, double seconds, Double answersPerSecond, List<Integer> eachSecond) {

  private static final double NANOS = 1e9;

  Throughput {
    eachSecond = List.copyOf(eachSecond);
  }

  /**
   * @param start    of the schedule, nanoseconds
   * @param warmUp   its first part that is not counted, nanoseconds
   * @param received when answers were read, nanoseconds
   */
  static Throughput of(long start, long warmUp, List<Long> received) {
    List<Integer> each = new ArrayList<>();
    long counted = 0;
    long last = start + warmUp;
    for (long at : received) {
      int second = (int) (Math.max(0, at - start) / NANOS);
      if (second >= each.size()) each.addAll(Collections.nCopies(second + 1 - each.size(), 0));
      each.set(second, each.get(second) + 1);
      if (at < start + warmUp) continue;
      counted++;
      last = Math.max(last, at);
    }
    double seconds = (last - start - warmUp) / NANOS;
    return new Throughput(counted, seconds, seconds > 0 ? counted / seconds : null, each);
  }
}
