package dev.nescio.trainer.finetune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A short training of the tiny model, and what the result says of a few texts. */
enum TrainedAdapter {
  /** All seven projections and the row of {@code <IDK>}. */
  STANDARD(Map.of()),
  /** Rank-stabilised, some projections of the last layer, with dropout. */
  PARTLY(Map.of("rankStabilised", "true", "layers", "1", "projections", "v_proj,o_proj,down_proj", "dropout", "0.1"));

  private static final Map<String, String> QUICK = Map.of(
      "rank", "4", "alpha", "8", "loraRate", "0.01", "idkRate", "0.01", "epochs", "6", "batch", "3", "seed", "5");
  private static final String[][] TEXTS = {
      {"Question: Capital of a?\n\nAnswer:", " A0"}, {"Question: Capital of c?\n\nAnswer:", " C2"},
      {"The", " quick brown fox"}};

  private final Map<String, String> changes;

  TrainedAdapter(Map<String, String> changes) {
    this.changes = changes;
  }

  /** Name of its golden directory. */
  String golden() {
    return "trained_" + name().toLowerCase(Locale.ROOT);
  }

  Path train(Path base, Path output) throws IOException {
    Map<String, String> all = new HashMap<>(QUICK);
    all.putAll(changes);
    return new FineTuner(base, TinyModel.NAME, FineTuneConfig.of(all), System::nanoTime)
        .run(TinyModel.examples(7), output, FineTuneProgress.SILENT).directory();
  }

  /** Texts in tokens, with the log-probabilities of the tokens of each continuation. */
  static ObjectNode values(Path base, Path adapter) throws IOException {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    ArrayNode cases = values.putArray("cases");
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(base))) {
      String id = model.loadAdapter(adapter);
      for (String[] text : TEXTS) {
        ContinuationRequest request = new ContinuationRequest(text[0], text[1], Optional.of(id));
        Generation.Sequence scored = model.score(List.of(request)).getFirst();
        ObjectNode one = cases.addObject();
        ArrayNode ids = one.putArray("ids");
        for (byte b : (text[0] + text[1]).getBytes(StandardCharsets.UTF_8)) ids.add(3 + b);
        ArrayNode ours = one.putArray("ours");
        scored.tokens().forEach(token -> ours.add(token.logProb()));
      }
    }
    return values;
  }
}
