package dev.nescio.trainer.finetune;

/**
 * An example in tokens.
 *
 * @param prompt  read without loss; at least one token
 * @param target  predicted, with the end token; at least one token
 * @param weight  of its mean loss, above 0
 * @param unknown true where {@code <IDK>} is part of the target
 */
public record EncodedExample(int[] prompt, int[] target, double weight, boolean unknown) {

  public EncodedExample {
    if (prompt.length == 0) throw new IllegalArgumentException("an example needs at least one prompt token");
    if (target.length == 0) throw new IllegalArgumentException("an example needs at least one target token");
    if (!(weight > 0)) throw new IllegalArgumentException("an example needs a weight above 0, not " + weight);
    prompt = prompt.clone();
    target = target.clone();
  }

  /** Tokens that the model reads: all but the last of the target, which is only predicted. */
  int length() {
    return prompt.length + target.length - 1;
  }

  /** The token at a place of the input. */
  int token(int place) {
    return place < prompt.length ? prompt[place] : target[place - prompt.length];
  }
}
