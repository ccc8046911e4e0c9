/**
 * GGUF files become directories in Hugging Face layout: header, blocks of GGML types, configuration and tokenizer.
 * Uses {@code files} and {@code llama}.
 */
package dev.nescio.model.gguf;
