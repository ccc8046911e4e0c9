package dev.nescio.inference.serve;

import dev.nescio.language.GenerationRequest;
import java.util.List;

/**
 * A request that was read and found good.
 *
 * @param model        who answers
 * @param requests     one a prompt, or one for a conversation; {@code n} stands in them
 * @param chat         true for a conversation
 * @param stream       true to send tokens while they are made
 * @param includeUsage true to end a stream with the usage
 * @param logProbs     true to tell log-probabilities; the number of alternatives stands in the requests
 * @param echo         true to begin each text with its prompt
 * @param generates    false when only the echo is asked for
 */
record Call(
    ServedModel model, List<GenerationRequest> requests, boolean chat, boolean stream, boolean includeUsage,
    boolean logProbs, boolean echo, boolean generates) {

  Call {
    requests = List.copyOf(requests);
  }

  /** Number of the choice of a request's sample among all. */
  int index(int request, int sample) {
    return request * requests.getFirst().samples() + sample;
  }
}
