/**
 * LoRA adapters as PEFT writes them, read, checked and written, independent of who computes with them. Uses
 * {@code files} and {@code llama}.
 */
package dev.nescio.model.peft;
