/**
 * Language models in this process, opened, examined and described: the face of the module.
 *
 * <p>The packages below it, each using only those that are named before it: {@code kernel}, {@code chat},
 * {@code sampling} and {@code files} stand on the ground; {@code torch} and {@code llama} on files; then
 * {@code gguf}, {@code peft} and {@code tokenizer}; {@code hub} and {@code local}; {@code generation}; {@code batch},
 * which says who runs when; at last the two ways of computing, {@code engine} and {@code cpu}, which do not know each
 * other.
 */
package dev.nescio.model;
