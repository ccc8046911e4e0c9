package dev.nescio.evaluation;

/**
 * What a detector sees in a window.
 *
 * @param value what is measured, beyond what noise explains; larger is worse
 * @param low   bound that the true value is above, but for the detector's error chance
 * @param high  bound that it is below, with the same chance
 * @param n     answers it rests on
 */
record Reading(double value, double low, double high, long n) {}
