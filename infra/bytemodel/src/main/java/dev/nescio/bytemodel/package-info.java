/**
 * A model that tests can write in a millisecond and compute with in a few: a Llama over single bytes with random weights.
 * Written without any code that reads models, so what reads it is compared with something of other making.
 */
package dev.nescio.bytemodel;
