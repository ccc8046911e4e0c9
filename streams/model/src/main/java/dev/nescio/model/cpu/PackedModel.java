package dev.nescio.model.cpu;

import dev.nescio.model.files.Checkpoint;
import dev.nescio.model.files.TensorRows;
import dev.nescio.model.kernel.Adapter;
import dev.nescio.model.kernel.DecoderShape;
import dev.nescio.model.kernel.DecoderWeights;
import dev.nescio.model.kernel.Linear;
import dev.nescio.model.kernel.Matrix;
import dev.nescio.model.kernel.RowSource;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.llama.RotaryTable;
import dev.nescio.model.local.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A model directory's weights, packed for the kernels, and the vectors of {@code <IDK>}. Closing frees the memory. */
final class PackedModel implements AutoCloseable {

  private static final float[] NONE = {};

  private final Arena arena;
  private final LlamaConfig config;
  private final DecoderWeights weights;
  private final Adapter base;

  private PackedModel(Arena arena, LlamaConfig config, DecoderWeights weights, Adapter base) {
    this.arena = arena;
    this.config = config;
    this.weights = weights;
    this.base = base;
  }

  /**
   * Reads and packs.
   *
   * @param idk  where the vectors of {@code <IDK>} come from
   * @param team shares the work
   * @throws dev.nescio.model.files.ModelFormatException naming tensor and file when one is missing, truncated,
   *         unexpected or of another shape
   */
  static PackedModel load(Path directory, IdkRow idk, WeightFormat format, Team team) throws IOException {
    try (Resources held = new Resources(); Checkpoint checkpoint = new Checkpoint(directory)) {
      Arena arena = Arena.ofShared();
      held.hold(arena, arena::close);
      LlamaConfig stored = LlamaConfig.read(directory);
      LlamaWeights.refuseUnexpected(checkpoint.names(), stored, directory);
      PackedModel packed = new Reading(checkpoint, stored, idk, format, arena).run(team);
      held.release();
      return packed;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Shape of the model; {@code vocabSize} is without {@code <IDK>}. */
  LlamaConfig config() {
    return config;
  }

  DecoderWeights weights() {
    return weights;
  }

  /** The model without adapter. */
  Adapter base() {
    return base;
  }

  @Override
  public void close() {
    arena.close();
  }

  private static final class Reading {

    private final Checkpoint checkpoint;
    private final LlamaConfig stored;
    private final LlamaConfig config;
    private final IdkRow idk;
    private final WeightFormat format;
    private final Arena arena;

    Reading(Checkpoint checkpoint, LlamaConfig stored, IdkRow idk, WeightFormat format, Arena arena) {
      this.checkpoint = checkpoint;
      this.stored = stored;
      this.config = idk instanceof IdkRow.Last ? stored.withVocabSize(stored.vocabSize() - 1) : stored;
      this.idk = idk;
      this.format = format;
      this.arena = arena;
    }

    PackedModel run(Team team) throws IOException {
      DecoderWeights.Layer[] layers = new DecoderWeights.Layer[config.layers()];
      team.run(layers.length, i -> layers[i] = layer(i));
      float[] idkEmbedding = idkRow(LlamaWeights.EMBEDDING);
      Matrix embeddings = vocabulary(LlamaWeights.EMBEDDING);
      float[] idkOutput = config.tiedEmbeddings() ? idkEmbedding : idkRow(LlamaWeights.OUTPUT);
      Matrix head = config.tiedEmbeddings() ? embeddings : vocabulary(LlamaWeights.OUTPUT);
      RotaryTable rotary = RotaryTable.of(config, config.contextTokens());
      DecoderWeights weights = new DecoderWeights(shape(config), embeddings, Arrays.asList(layers),
          floats(LlamaWeights.FINAL_NORM, config.hiddenSize()), head, rotary.cosines(), rotary.signedSines());
      return new PackedModel(arena, config, weights, Adapter.none(idkEmbedding, idkOutput));
    }

    private DecoderWeights.Layer layer(int layer) {
      List<Linear> linears = new ArrayList<>();
      for (Projection projection : Projection.values()) {
        int out = projection.out(config);
        int in = projection.in(config);
        Matrix weights = read(projection.path(layer) + ".weight", out, in, rows -> pack(rows::read, out, in));
        float[] bias = config.biases().contains(projection) ? floats(projection.path(layer) + ".bias", out) : NONE;
        linears.add(new Linear(weights, bias));
      }
      return new DecoderWeights.Layer(floats(LlamaWeights.inputNorm(layer), config.hiddenSize()),
          floats(LlamaWeights.attentionNorm(layer), config.hiddenSize()), linears);
    }

    /** The rows of the vocabulary without {@code <IDK>}. */
    private Matrix vocabulary(String name) {
      int width = config.hiddenSize();
      return read(name, stored.vocabSize(), width, rows -> pack(rows::read, config.vocabSize(), width));
    }

    private Matrix pack(RowSource rows, int out, int in) {
      return Matrix.pack(format, rows, out, in, arena);
    }

    private float[] idkRow(String name) {
      return switch (idk) {
        case IdkRow.None none -> NONE;
        case IdkRow.Last last -> read(name, stored.vocabSize(), config.hiddenSize(), rows -> rows.row(config.vocabSize()));
        case IdkRow.MeanOf mean -> read(name, stored.vocabSize(), config.hiddenSize(), rows -> {
          float[] sum = new float[config.hiddenSize()];
          for (int id : mean.tokens()) {
            float[] row = rows.row(id);
            for (int i = 0; i < sum.length; i++) sum[i] += row[i];
          }
          for (int i = 0; i < sum.length; i++) sum[i] /= mean.tokens().length;
          return sum;
        });
      };
    }

    private <T> T read(String name, int out, int in, Function<TensorRows, T> what) {
      try (TensorRows rows = checkpoint.reader(name).rows(name, out, in)) {
        return what.apply(rows);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private float[] floats(String name, long... dimensions) {
      try {
        return checkpoint.reader(name).floats(name, dimensions);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static DecoderShape shape(LlamaConfig config) {
    return new DecoderShape(config.layers(), config.hiddenSize(), config.intermediateSize(), config.heads(),
        config.kvHeads(), config.headDim(), config.vocabSize(), (float) config.rmsNormEps(), config.windows());
  }
}
