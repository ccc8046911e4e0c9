/** The language model beside transformers and PEFT: the same work on the same machine, by turns, in one run. */
package dev.nescio.loadtests.model;
