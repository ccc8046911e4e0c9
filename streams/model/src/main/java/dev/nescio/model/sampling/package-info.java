/**
 * One token out of a distribution: repetition penalty, temperature, cuts, draw. Plain Java that knows no model.
 */
package dev.nescio.model.sampling;
