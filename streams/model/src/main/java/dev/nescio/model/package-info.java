/**
 * A Llama of our own on DJL's PyTorch engine: Hugging Face directories, GGUF import, cached decoding, sampling,
 * adapters.
 *
 * <p>The arithmetic of the model is TorchScript source kept as a resource and loaded through
 * {@link dev.nescio.model.TorchScriptArchive}; Java plans batches, draws tokens and owns every tensor's life.
 */
package dev.nescio.model;
