package dev.nescio.model;

import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Teacher forcing: what the model would have reported, had it written the given continuation. */
final class ScoredText extends Feed {

  private final int start;
  private final String continuation;
  private final ModelTokenizer tokenizer;
  private final Consumer<Sequence> result;
  private final List<Token> scored = new ArrayList<>();

  /**
   * @param start index of the continuation's first token, at least 1
   */
  ScoredText(Call call, LoadedModel model, int[] tokens, int start, String continuation, ModelTokenizer tokenizer,
      Consumer<Sequence> result) {
    super(call, model, tokens, start - 1);
    this.start = start;
    this.continuation = continuation;
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
            Optional.of(row.margin()), List.of()));
      }
    }
  }
}
