package dev.nescio.loadtests.server;

import dev.nescio.language.openai.OpenAiConfig;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.model.local.LocalLanguageModel;
import java.util.List;
import java.util.Optional;

/**
 * What is checked, and with what.
 *
 * @param config   how the server was opened
 * @param local    the same model in this process, to compare with
 * @param adapter  name on the server of an adapter
 * @param beside   the same adapter, loaded into {@code local}
 * @param prompts  questions to answer, at least two
 * @param atMost   greatest difference of a log-probability to {@code local} that still holds, nats
 */
record Subject(
    OpenAiModel server, OpenAiConfig config, Optional<LocalLanguageModel> local, Optional<String> adapter,
    Optional<String> beside, List<String> prompts, double atMost) {}
