package dev.nescio.language;

/**
 * What went on inside the model while it wrote a sequence; given only when asked for, since it is large. The arrays are
 * not to be changed.
 *
 * @param hiddenStates        [layers + 1][H] residual stream at the last token of the span (of the prompt, when the span
 *                            is empty): before the first layer, then after each; before the final norm
 * @param attentionToPrevious [tokens][layers x heads] attention weight in [0, 1] of each token of the span to the token
 *                            before it, heads of a layer side by side. The token is the query: its weights come from the
 *                            step that reads it
 */
public record Internals(float[][] hiddenStates, float[][] attentionToPrevious) {}
