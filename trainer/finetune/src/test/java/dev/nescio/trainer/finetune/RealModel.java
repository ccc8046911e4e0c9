package dev.nescio.trainer.finetune;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.nescio.model.hub.ModelSource;
import java.io.IOException;
import java.nio.file.Path;

/** The real small model, fetched once a machine; tests that need it are skipped by name where it cannot be had. */
final class RealModel {

  private RealModel() {}

  /** Directory in Hugging Face layout. */
  static Path directory() {
    Path cache = Path.of(System.getProperty("nescio.cache", System.getProperty("user.home") + "/.cache/nescio"));
    try {
      return ModelSource.parse("default", ModelSource.HUB).resolve(cache);
    } catch (IOException e) {
      return abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }
}
