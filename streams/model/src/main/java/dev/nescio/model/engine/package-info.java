/**
 * A Llama on DJL's PyTorch engine, for devices and types that the kernels do not serve: runs of a batch over
 * rows of preallocated keys and values, prefixes, adapters. The schedule is {@code batch}'s.
 *
 * <p>The arithmetic of the model is TorchScript source kept as a resource and loaded through
 * {@link dev.nescio.model.torch.TorchScriptArchive}; Java lays runs out, draws tokens and owns every tensor's life.
 */
package dev.nescio.model.engine;
