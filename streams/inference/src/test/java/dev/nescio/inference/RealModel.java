package dev.nescio.inference;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.nescio.model.hub.DefaultModel;
import java.io.IOException;
import java.nio.file.Path;

/** The real small model, fetched once a machine; tests that need it are skipped by name where it cannot be had. */
public final class RealModel {

  private RealModel() {}

  /** Directory in Hugging Face layout. */
  public static Path directory() {
    Path cache = Path.of(System.getProperty("nescio.cache", System.getProperty("user.home") + "/.cache/nescio"));
    try {
      return new DefaultModel().resolve(cache);
    } catch (IOException e) {
      return abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }
}
