/**
 * A {@link dev.nescio.language.LanguageModel} over any server that speaks OpenAI's HTTP interface, for those who outgrow
 * one machine.
 *
 * <p>A server shows only what its interface has room for. What it cannot give is missing from
 * {@link dev.nescio.language.openai.OpenAiModel#evidence()}, never guessed; {@link dev.nescio.language.openai.ServerKind}
 * lists it by kind of server.
 */
package dev.nescio.language.openai;
