package dev.nescio.model.batch;

import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Teacher forcing: what the model would have reported, had it written the given continuation. */
final class ScoredText extends Feed {

  private final int start;
  private final String continuation;
  private final int alternatives;
  private final ModelTokenizer tokenizer;
  private final Consumer<Sequence> result;
  private final List<Token> scored = new ArrayList<>();

  /**
   * @param result takes what was found
   */
  ScoredText(Call call, LoadedModel model, TextToScore text, ModelTokenizer tokenizer, Consumer<Sequence> result) {
    super(call, model, text.tokens(), text.start() - 1);
    this.start = text.start();
    this.continuation = text.continuation();
    this.alternatives = text.alternatives();
    this.tokenizer = tokenizer;
    this.result = result;
  }

  @Override
  int[] prefix() {
    return Arrays.copyOf(tokens(), start);
  }

  @Override
  void show(List<LogitRow> piece) {
    for (LogitRow row : piece) {
      int at = start + scored.size();
      if (at == tokens().length) {
        result.accept(new Sequence(continuation, scored, Finish.LENGTH, false, row.pIdk(),
            Optional.of(row.endLogProb()), 0));
      } else {
        int id = tokens()[at];
        scored.add(new Token(id, tokenizer.decode(id), row.logProb(id), Optional.of(row.entropy()),
            Optional.of(row.margin()), row.alternatives(alternatives, tokenizer)));
      }
    }
  }
}
