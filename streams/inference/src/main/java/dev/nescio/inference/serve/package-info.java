/**
 * Our own model as a server that speaks OpenAI's HTTP interface: completions, conversations, streaming,
 * log-probabilities, and beside them confidence and decision in one object named {@code nescio} on each choice.
 *
 * <p>A request is parsed into a {@link dev.nescio.inference.serve.Call}, made by the
 * {@link dev.nescio.inference.serve.Engine} on a virtual thread of its own, and written by {@link dev.nescio.inference.serve.Replies}.
 */
package dev.nescio.inference.serve;
