package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.files.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A half-finished run in one safetensors file: trained numbers, moments of the optimiser, and where it stood. Replaced
 * atomically, so a killed run finds the last whole one.
 *
 * @param file beside the output
 * @param run  digest of everything the result depends on
 */
record RunCheckpoint(Path file, String run) {

  /**
   * Where a run stands.
   *
   * @param step      steps done
   * @param tokens    read in them
   * @param nanos     spent on them
   * @param firstLoss sum of the batch losses of the first epoch
   * @param lastLoss  sum of those of the last epoch
   * @param resumedAt step of the checkpoint that this process began with, 0 for none; not kept
   */
  record Standing(int step, long tokens, long nanos, double firstLoss, double lastLoss, int resumedAt) {

    static final Standing START = new Standing(0, 0, 0, 0, 0, 0);
  }

  void write(AdamW optimiser, Standing standing) throws IOException {
    Map<String, NDArray> arrays = arrays(optimiser);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    arrays.forEach((name, array) -> shapes.put(name, array.getShape().getShape()));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("run", run);
    metadata.put("step", Integer.toString(standing.step()));
    metadata.put("tokens", Long.toString(standing.tokens()));
    metadata.put("nanos", Long.toString(standing.nanos()));
    metadata.put("firstLoss", Double.toString(standing.firstLoss()));
    metadata.put("lastLoss", Double.toString(standing.lastLoss()));
    SafetensorsWriter.write(
        file, shapes, metadata, name -> arrays.get(name).toByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
  }

  /**
   * Puts a kept state into the optimiser.
   *
   * @return where the run stood; the start when there is no checkpoint or one of another run
   */
  Standing restore(AdamW optimiser, NDManager scope) throws IOException {
    if (!Files.exists(file)) return Standing.START;
    try (SafetensorsReader reader = new SafetensorsReader(file)) {
      Map<String, String> metadata = reader.metadata();
      if (!run.equals(metadata.get("run"))) return Standing.START;
      for (Map.Entry<String, NDArray> entry : arrays(optimiser).entrySet()) {
        NDArray array = entry.getValue();
        optimiser.put(array, reader.float32(entry.getKey(), array.getShape(), scope), scope);
      }
      Standing standing = new Standing(
          Integer.parseInt(metadata.get("step")), Long.parseLong(metadata.get("tokens")),
          Long.parseLong(metadata.get("nanos")), Double.parseDouble(metadata.get("firstLoss")),
          Double.parseDouble(metadata.get("lastLoss")), Integer.parseInt(metadata.get("step")));
      optimiser.resumeAt(standing.step());
      return standing;
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  private static Map<String, NDArray> arrays(AdamW optimiser) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    for (int i = 0; i < optimiser.slots().size(); i++) {
      AdamW.Slot slot = optimiser.slots().get(i);
      arrays.put("parameter." + i, slot.parameter());
      arrays.put("mean." + i, slot.mean());
      arrays.put("square." + i, slot.square());
    }
    return arrays;
  }
}
