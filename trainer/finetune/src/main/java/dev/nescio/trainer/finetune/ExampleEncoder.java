package dev.nescio.trainer.finetune;

import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.trainer.recipes.TrainingExample;

/**
 * Turns an example into tokens. The target is encode(" " + answer), {@code <IDK>} where the layout has it, and the end
 * token, with no lone space between; what users wrote never becomes a special token.
 */
final class ExampleEncoder {

  private final ModelTokenizer tokenizer;
  private final int contextTokens;

  ExampleEncoder(ModelTokenizer tokenizer, int contextTokens) {
    this.tokenizer = tokenizer;
    this.contextTokens = contextTokens;
  }

  /** @throws IllegalArgumentException naming an example that is longer than the context or needs a missing token */
  EncodedExample encode(TrainingExample example) {
    if (example.unknown() && tokenizer.idkId().isEmpty()) {
      throw new IllegalArgumentException("example " + example.questionId() + " needs <IDK>, which the model has not");
    }
    EncodedExample encoded = new EncodedExample(
        tokenizer.encode(example.prompt()), target(example), example.weight(), example.unknown());
    if (encoded.length() > contextTokens) {
      throw new IllegalArgumentException("example " + example.questionId() + " has " + encoded.length()
          + " tokens, the model reads " + contextTokens + "; shorten the question or leave it out");
    }
    return encoded;
  }

  private int[] target(TrainingExample example) {
    return switch (example.layout()) {
      case PLAIN -> tokenizer.encodeTarget(example.answer(), false);
      case APPEND -> tokenizer.encodeTarget(example.answer(), true);
      case PREPEND -> withIdkFirst(tokenizer.encodeTarget(example.answer(), false));
      case ONLY -> tokenizer.encodeTarget("", true);
    };
  }

  private int[] withIdkFirst(int[] rest) {
    int[] target = new int[rest.length + 1];
    target[0] = tokenizer.idkId().orElseThrow();
    System.arraycopy(rest, 0, target, 1, rest.length);
    return target;
  }
}
