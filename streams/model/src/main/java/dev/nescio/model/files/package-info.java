/**
 * What model directories consist of: safetensors, JSON, digests, and files that appear whole or not at all. Knows no
 * architecture; arrays of DJL are made here, but none is computed with.
 */
package dev.nescio.model.files;
