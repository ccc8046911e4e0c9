package dev.nescio.trainer.service;

import dev.nescio.trainer.recipes.Dataset;
import java.util.List;

/** Names for artifacts, made of all that they depend on. */
final class Digests {

  private Digests() {}

  /** SHA-256 of the canonical JSON of a record of strings, numbers, lists and maps; lower-case hex. */
  static String of(Record dependsOn) {
    return Dataset.of(List.of(dependsOn)).digest();
  }
}
