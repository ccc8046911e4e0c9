/**
 * Where model directories come from: a path, a GGUF file, a Hugging Face repository at a revision, or the small model
 * that is fetched by default; downloads are kept and checked. Uses {@code gguf} to import and {@code llama} to look
 * at what came.
 */
package dev.nescio.model.hub;
