/**
 * The way to libtorch: starting it once with its settings, its devices, and TorchScript from source. Whatever is
 * computed by DJL, in this module or in training, begins here.
 */
package dev.nescio.model.torch;
