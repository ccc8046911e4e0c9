package dev.nescio.model.gguf;

import dev.nescio.model.llama.LlamaWeights;
import java.util.Map;

/** Names of tensors in GGUF files. Source: llama.cpp's {@code tensor_mapping.py}. */
final class GgufNames {

  private static final Map<String, String> OUTSIDE = Map.of(
      LlamaWeights.EMBEDDING, "token_embd.weight",
      LlamaWeights.FINAL_NORM, "output_norm.weight",
      LlamaWeights.OUTPUT, "output.weight");

  private static final Map<String, String> INSIDE = Map.of(
      "input_layernorm", "attn_norm",
      "self_attn.q_proj", "attn_q",
      "self_attn.k_proj", "attn_k",
      "self_attn.v_proj", "attn_v",
      "self_attn.o_proj", "attn_output",
      "post_attention_layernorm", "ffn_norm",
      "mlp.gate_proj", "ffn_gate",
      "mlp.up_proj", "ffn_up",
      "mlp.down_proj", "ffn_down");

  private GgufNames() {}

  /** What a tensor of {@link LlamaWeights} is called in a GGUF file. */
  static String stored(String name) {
    String outside = OUTSIDE.get(name);
    if (outside != null) return outside;
    String[] parts = name.split("\\.", 4); // model.layers.3.self_attn.q_proj.weight
    int kind = parts[3].lastIndexOf('.');
    return "blk." + parts[2] + "." + INSIDE.get(parts[3].substring(0, kind)) + parts[3].substring(kind);
  }
}
