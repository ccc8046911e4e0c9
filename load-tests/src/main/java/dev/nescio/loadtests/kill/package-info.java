/** Processes of a whole system ended, killed and stopped at chosen moments, and what was lost, doubled or counted wrongly. */
package dev.nescio.loadtests.kill;
