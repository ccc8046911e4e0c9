package dev.nescio.language;

import java.util.Optional;

/**
 * What a model is.
 *
 * @param name          for people, for example {@code SmolLM2-135M-Instruct}
 * @param digest        SHA-256 (lower-case hex) of the base weights and configuration; of a model on a server that does
 *                      not tell that, of its address, name and owner, see {@code dev.nescio.language.openai}
 * @param contextTokens longest prompt plus generation, in tokens
 * @param idkTokenId    id of {@code <IDK>}; empty when the model has no such token
 */
public record ModelIdentity(String name, String digest, int contextTokens, Optional<Integer> idkTokenId) {}
