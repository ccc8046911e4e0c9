package dev.nescio.model.cpu;

import dev.nescio.model.batch.LoadedModels;
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
import java.util.Optional;

/** The adapters that the kernels compute with; a model tuned as a whole is packed like the base. */
final class KernelAdapters extends LoadedModels<KernelModel> {

  private final KernelModel base;
  private final WeightFormat format;

  KernelAdapters(PackedModel base, WeightFormat format) {
    this(new KernelModel(Optional.empty(), base, base.base(), false), format);
  }

  private KernelAdapters(KernelModel base, WeightFormat format) {
    super(base);
    this.base = base;
    this.format = format;
  }

  @Override
  protected KernelModel adapted(PeftAdapter adapter) throws ModelFormatException {
    requireIdk(adapter);
    return new KernelModel(Optional.of(adapter.id()), base.weights(), kernelAdapter(adapter), false);
  }

  @Override
  protected KernelModel whole(String id, Path directory) throws IOException {
    try (Team team = new Team(1)) {
      PackedModel whole = PackedModel.load(directory, new IdkRow.Last(), format, team);
      if (!whole.config().equals(base.weights().config())) {
        whole.close();
        throw new ModelFormatException(directory + " holds a model of another shape than the base; tune this base anew");
      }
      return new KernelModel(Optional.of(id), whole, whole.base(), true);
    }
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
