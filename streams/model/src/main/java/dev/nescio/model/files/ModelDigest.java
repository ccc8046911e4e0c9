package dev.nescio.model.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a model is called on answers and releases: SHA-256 over all that decides about its answers, lower-case hex.
 */
public final class ModelDigest {

  /** Added tokens, the chat template and further ends. */
  private static final List<String> OPTIONAL =
      List.of("generation_config.json", "tokenizer_config.json", "chat_template.jinja");

  private ModelDigest() {}

  /**
   * Digest of a model directory: name, size and content of {@code config.json}, {@code tokenizer.json}, of {@code
   * generation_config.json}, {@code tokenizer_config.json} and {@code chat_template.jinja} if they are there, and of the
   * safetensors files.
   */
  public static String of(Path directory) throws IOException {
    List<Path> files = new ArrayList<>(List.of(directory.resolve("config.json"), directory.resolve("tokenizer.json")));
    OPTIONAL.stream().map(directory::resolve).filter(Files::exists).forEach(files::add);
    files.addAll(Checkpoint.files(directory));
    MessageDigest digest = Sha256.newDigest();
    for (Path file : files) {
      digest.update((file.getFileName() + "\n" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Digest of a base and an adapter together. */
  public static String of(String base, String adapter) {
    byte[] both = (base + "+" + adapter).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.newDigest().digest(both));
  }
}
