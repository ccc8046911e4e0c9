/** What one label costs the summaries; run by {@code load-tests/benchmark-metrics}. */
package dev.nescio.loadtests.metrics;
