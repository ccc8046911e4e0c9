/** Questions through inference, batch after batch and flowing. */
package dev.nescio.loadtests.inference;
