package dev.nescio.model.local;

import dev.nescio.language.AdaptableModel;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.io.IOException;

/** A model of this process: on the CPU by our kernels, elsewhere by the engine. */
public interface LocalLanguageModel extends AdaptableModel {

  /** Loads an adapter that is in memory; see {@link #loadAdapter(java.nio.file.Path)}. */
  String loadAdapter(PeftAdapter adapter) throws IOException;

  /** Encoder and decoder, also for training targets. */
  ModelTokenizer tokenizer();

  /** Reuse of prompt beginnings since the model was opened. */
  PrefixReuse prefixReuse();

  /** What is held now; takes its turn with the requests. */
  HeldMemory heldMemory();

  /** Generates a little at several batch sizes, so that the first requests find everything compiled. */
  void warmUp();
}
