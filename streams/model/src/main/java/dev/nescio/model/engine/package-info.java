/**
 * A Llama on DJL's PyTorch engine, for devices and types that the kernels do not serve: batches of like length,
 * cached decoding, scoring, prefixes, adapters.
 *
 * <p>The arithmetic of the model is TorchScript source kept as a resource and loaded through
 * {@link dev.nescio.model.torch.TorchScriptArchive}; Java plans batches, draws tokens and owns every tensor's life.
 */
package dev.nescio.model.engine;
