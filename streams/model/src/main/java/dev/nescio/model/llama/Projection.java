package dev.nescio.model.llama;

import java.util.List;
import java.util.Optional;

/** The seven linear layers of a decoder layer, in the order in which scripts take them. */
public enum Projection {
  Q("self_attn", "q_proj"),
  K("self_attn", "k_proj"),
  V("self_attn", "v_proj"),
  O("self_attn", "o_proj"),
  GATE("mlp", "gate_proj"),
  UP("mlp", "up_proj"),
  DOWN("mlp", "down_proj");

  private final String part;
  private final String module;

  Projection(String part, String module) {
    this.part = part;
    this.module = module;
  }

  /** Name as PEFT's {@code target_modules} has it, for example {@code q_proj}. */
  public String module() {
    return module;
  }

  /** Name of the layer without {@code .weight}, for example {@code model.layers.3.mlp.up_proj}. */
  public String path(int layer) {
    return "model.layers." + layer + "." + part + "." + module;
  }

  /** Width of the input. */
  public int in(LlamaConfig config) {
    return switch (this) {
      case Q, K, V, GATE, UP -> config.hiddenSize();
      case O -> config.heads() * config.headDim();
      case DOWN -> config.intermediateSize();
    };
  }

  /** Width of the output. */
  public int out(LlamaConfig config) {
    return switch (this) {
      case Q -> config.heads() * config.headDim();
      case K, V -> config.kvHeads() * config.headDim();
      case O, DOWN -> config.hiddenSize();
      case GATE, UP -> config.intermediateSize();
    };
  }

  /** The projection of a module name. */
  public static Optional<Projection> ofModule(String module) {
    return List.of(values()).stream().filter(p -> p.module.equals(module)).findFirst();
  }
}
