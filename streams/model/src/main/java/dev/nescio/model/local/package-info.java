/**
 * The contract of a model of this process and what both ways of computing it share: configuration, figures for those
 * who watch, memory that is freed together. Implemented by {@code engine} and {@code cpu}.
 */
package dev.nescio.model.local;
