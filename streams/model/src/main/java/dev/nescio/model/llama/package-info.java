/**
 * What a decoder of the Llama family is: its configuration as Hugging Face writes it, the names and shapes of its
 * tensors, rotary tables, the row of {@code <IDK>}. Weights are read and written here through {@code files}; nothing
 * is computed.
 */
package dev.nescio.model.llama;
