package dev.nescio.inference.serve;

import java.util.Optional;

/**
 * One name under which the server answers.
 *
 * @param name    as clients write it in {@code model}
 * @param adapter id of the loaded adapter; empty for the base
 * @param digest  of base and adapter together
 */
record ServedModel(String name, Optional<String> adapter, String digest) {}
