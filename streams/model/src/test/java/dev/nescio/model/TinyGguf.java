package dev.nescio.model;

import dev.nescio.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a one-layer GGUF model whose rows are numbered. */
public final class TinyGguf {

  public static final LlamaConfig CONFIG =
      new LlamaConfig(6, 8, 12, 1, 2, 1, 4, 1e-5, 10_000, 64, true, Optional.empty(), List.of(1));

  private static final List<String> TOKENS = List.of("<pad>", "<end>", "a", "b", "ab", "1");

  private final ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  private TinyGguf() {}

  public static Path write(Path file) throws IOException {
    return write(file, "llama", "smollm", 0);
  }

  public static Path write(Path file, String architecture, String pre, int type) throws IOException {
    return write(file, architecture, pre, type, Optional.empty());
  }

  /** With the metadata of a sliding window. */
  public static Path write(Path file, String architecture, int window) throws IOException {
    return write(file, architecture, "smollm", 0, Optional.of(window));
  }

  private static Path write(Path file, String architecture, String pre, int type, Optional<Integer> window)
      throws IOException {
    TinyGguf gguf = new TinyGguf();
    List<Map.Entry<String, long[]>> tensors = tensors();
    gguf.out.putInt(0x46554747).putInt(3).putLong(tensors.size()).putLong(15 + window.stream().count());
    gguf.text("general.architecture", architecture);
    gguf.number(architecture + ".block_count", 1);
    gguf.number(architecture + ".context_length", 64);
    gguf.number(architecture + ".embedding_length", 8);
    gguf.number(architecture + ".feed_forward_length", 12);
    gguf.number(architecture + ".attention.head_count", 2);
    gguf.number(architecture + ".attention.head_count_kv", 1);
    gguf.key(architecture + ".rope.freq_base", 6);
    gguf.out.putFloat(10_000);
    gguf.key(architecture + ".attention.layer_norm_rms_epsilon", 6);
    gguf.out.putFloat(1e-5f);
    window.ifPresent(tokens -> gguf.number(architecture + ".attention.sliding_window", tokens));
    gguf.text("tokenizer.ggml.model", "gpt2");
    gguf.text("tokenizer.ggml.pre", pre);
    gguf.strings("tokenizer.ggml.tokens", TOKENS);
    gguf.key("tokenizer.ggml.token_type", 9);
    gguf.out.putInt(5).putLong(TOKENS.size());
    for (int i = 0; i < TOKENS.size(); i++) gguf.out.putInt(i < 2 ? 3 : 1);
    gguf.strings("tokenizer.ggml.merges", List.of("a b"));
    gguf.number("tokenizer.ggml.eos_token_id", 1);
    gguf.tensors(tensors, type);
    byte[] bytes = new byte[gguf.out.position()];
    gguf.out.flip().get(bytes);
    Files.write(file, bytes);
    return file;
  }

  private static List<Map.Entry<String, long[]>> tensors() {
    List<Map.Entry<String, long[]>> list = new ArrayList<>();
    list.add(Map.entry("token_embd.weight", new long[] {8, 6}));
    list.add(Map.entry("blk.0.attn_norm.weight", new long[] {8}));
    list.add(Map.entry("blk.0.attn_q.weight", new long[] {8, 8}));
    list.add(Map.entry("blk.0.attn_k.weight", new long[] {8, 4}));
    list.add(Map.entry("blk.0.attn_v.weight", new long[] {8, 4}));
    list.add(Map.entry("blk.0.attn_output.weight", new long[] {8, 8}));
    list.add(Map.entry("blk.0.ffn_norm.weight", new long[] {8}));
    list.add(Map.entry("blk.0.ffn_gate.weight", new long[] {8, 12}));
    list.add(Map.entry("blk.0.ffn_up.weight", new long[] {8, 12}));
    list.add(Map.entry("blk.0.ffn_down.weight", new long[] {12, 8}));
    list.add(Map.entry("output_norm.weight", new long[] {8}));
    return list;
  }

  private void tensors(List<Map.Entry<String, long[]>> tensors, int type) {
    long offset = 0;
    for (var tensor : tensors) {
      string(tensor.getKey());
      out.putInt(tensor.getValue().length);
      for (long dimension : tensor.getValue()) out.putLong(dimension);
      out.putInt(type).putLong(offset);
      offset += (size(tensor.getValue()) * Float.BYTES + 31) / 32 * 32;
    }
    for (var tensor : tensors) {
      while (out.position() % 32 != 0) out.put((byte) 0);
      boolean norm = tensor.getValue().length == 1;
      for (int i = 0; i < size(tensor.getValue()); i++) out.putFloat(norm ? 1 : i / tensor.getValue()[0]);
    }
  }

  private static long size(long[] dimensions) {
    long n = 1;
    for (long dimension : dimensions) n *= dimension;
    return n;
  }

  private void text(String key, String value) {
    key(key, 8);
    string(value);
  }

  private void number(String key, int value) {
    key(key, 4);
    out.putInt(value);
  }

  private void strings(String key, List<String> values) {
    key(key, 9);
    out.putInt(8).putLong(values.size());
    values.forEach(this::string);
  }

  private void key(String key, int type) {
    string(key);
    out.putInt(type);
  }

  private void string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.putLong(bytes.length).put(bytes);
  }
}
