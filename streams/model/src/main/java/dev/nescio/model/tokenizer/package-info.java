/**
 * Text and chat to tokens and back, with {@code <IDK>} added where the model lacks it. Uses the templates of
 * {@code chat}, and {@code llama} for the special tokens.
 */
package dev.nescio.model.tokenizer;
