package dev.nescio.model.local;

/**
 * How often prompts began with what was computed before.
 *
 * @param promptTokens of all prompts
 * @param cachedTokens of these, tokens whose keys and values were at hand
 * @param cachedBytes  memory held by the prefix cache now
 */
public record PrefixReuse(long promptTokens, long cachedTokens, long cachedBytes) {

  /** Of a model that was asked nothing. */
  public static final PrefixReuse NONE = new PrefixReuse(0, 0, 0);
}
