/** Processes of a whole system ended, killed and stopped at chosen moments, and what that loses or doubles. */
package dev.nescio.loadtests.kill;
