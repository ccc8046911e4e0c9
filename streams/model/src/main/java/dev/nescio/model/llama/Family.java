package dev.nescio.model.llama;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Architectures with the arithmetic of a Llama; biases and the attention window are all that differs. */
public enum Family {
  LLAMA("llama", "LlamaForCausalLM"),
  QWEN2("qwen2", "Qwen2ForCausalLM"),
  MISTRAL("mistral", "MistralForCausalLM");

  private final String modelType;
  private final String architecture;

  Family(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /** Name as {@code model_type} of {@code config.json} has it. */
  public String modelType() {
    return modelType;
  }

  /** Class of transformers that computes it. */
  public String architecture() {
    return architecture;
  }

  /** The family of a {@code model_type}. */
  public static Optional<Family> ofModelType(String modelType) {
    return Arrays.stream(values()).filter(family -> family.modelType.equals(modelType)).findFirst();
  }

  static List<String> modelTypes() {
    return Arrays.stream(values()).map(Family::modelType).toList();
  }
}
