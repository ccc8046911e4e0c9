package dev.nescio.model.cpu;

import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.kernel.Adapter;
import dev.nescio.model.kernel.Lora;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The adapters in memory, each with the number of its loadings that have not been taken back. Thread-safe. */
final class KernelAdapters {

  private final KernelModel base;
  private final WeightFormat format;
  private final Map<String, KernelModel> loaded = new LinkedHashMap<>();
  private final Map<String, Integer> loadings = new LinkedHashMap<>();

  KernelAdapters(PackedModel base, WeightFormat format) {
    this.base = new KernelModel(Optional.empty(), base, base.base(), false);
    this.format = format;
  }

  /** Returns the adapter's id. */
  synchronized String load(PeftAdapter adapter) throws ModelFormatException {
    String id = adapter.id();
    if (!loaded.containsKey(id)) {
      requireIdk(adapter);
      loaded.put(id, new KernelModel(Optional.of(id), base.weights(), kernelAdapter(adapter), false));
    }
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /** Loads a model that was tuned as a whole beside the base; returns its id, the digest of the directory. */
  synchronized String loadWhole(Path directory) throws IOException {
    String id = ModelDigest.of(directory);
    if (!loaded.containsKey(id)) {
      try (Team team = new Team(1)) {
        PackedModel whole = PackedModel.load(directory, new IdkRow.Last(), format, team);
        if (!whole.config().equals(base.weights().config())) {
          whole.close();
          throw new ModelFormatException(
              directory + " holds a model of another shape than the base; tune this base anew");
        }
        loaded.put(id, new KernelModel(Optional.of(id), whole, whole.base(), true));
      }
    }
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /** Takes one loading back; gives what nobody can ask for any more, if it was the last. */
  synchronized Optional<KernelModel> unload(String id) {
    KernelModel model = get(Optional.of(id));
    if (loadings.merge(id, -1, Integer::sum) > 0) return Optional.empty();
    loadings.remove(id);
    loaded.remove(id);
    return Optional.of(model);
  }

  /** The adapter, or the base. */
  synchronized KernelModel get(Optional<String> id) {
    if (id.isEmpty()) return base;
    KernelModel model = loaded.get(id.get());
    if (model == null) {
      throw new UnknownAdapterException("adapter " + id.get() + " is not loaded; loaded are " + loaded.keySet());
    }
    return model;
  }

  /** Frees models that were tuned as a whole; nothing is at work any more. */
  synchronized void close() {
    loaded.values().forEach(KernelModel::close);
    loaded.clear();
  }

  private void requireIdk(PeftAdapter adapter) throws ModelFormatException {
    if (adapter.idkId().isEmpty()) return;
    boolean present = base.adapter().hasIdk();
    int id = base.weights().config().vocabSize();
    if (present && adapter.idkId().get() == id) return;
    throw new ModelFormatException("the adapter trains token " + adapter.idkId().get() + ", but the base was opened "
        + (present ? "with <IDK> as " + id : "without <IDK>"));
  }

  private Adapter kernelAdapter(PeftAdapter adapter) {
    LlamaConfig config = base.weights().config();
    Lora[][] loras = new Lora[config.layers()][Adapter.LINEARS];
    adapter.pairs().forEach((place, pair) -> {
      Projection projection = place.projection();
      loras[place.layer()][projection.ordinal()] = new Lora(adapter.rank(), projection.in(config),
          projection.out(config), pair.a(), pair.b(), adapter.scaling());
    });
    return base.adapter().with(adapter.pairs().isEmpty() ? new Lora[0][] : loras, adapter.idkRow(), adapter.idkOutputRow());
  }
}
