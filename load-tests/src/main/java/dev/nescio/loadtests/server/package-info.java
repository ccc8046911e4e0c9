/** Checks what a model on a server gives, and whether our client of it says so rightly. */
package dev.nescio.loadtests.server;
