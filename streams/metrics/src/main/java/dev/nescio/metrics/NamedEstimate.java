package dev.nescio.metrics;

import java.util.Optional;

/**
 * A figure of something other than a {@link CalibrationSummary}, as a {@link Metric} would name and show it.
 *
 * @param name      stable id with its parameters
 * @param direction which way is better
 * @param estimate  empty when undefined
 */
public record NamedEstimate(String name, Direction direction, Optional<Estimate> estimate) {}
