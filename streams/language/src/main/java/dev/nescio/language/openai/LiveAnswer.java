package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import java.util.List;
import java.util.function.IntSupplier;

/** An answer that comes in chunks, told token by token: each once and in order, as soon as it is certain. */
final class LiveAnswer {

  private final CompletionReader reader;
  private final GenerationRequest request;
  private final Listener listener;
  private final StreamedAnswer answer = new StreamedAnswer();
  private final int[] told;

  /** Hears the tokens of a request's samples. */
  interface Listener {
    void token(int sample, Token token);
  }

  /** @param request with as many samples as the stream has choices */
  LiveAnswer(CompletionReader reader, GenerationRequest request, Listener listener) {
    this.reader = reader;
    this.request = request;
    this.listener = listener;
    this.told = new int[request.samples()];
  }

  /** Takes a chunk in and tells of what has become certain. */
  void add(JsonNode chunk) {
    for (int index : answer.add(chunk)) {
      if (index < 0 || index >= told.length) throw new ProtocolViolationException("a choice with the index " + index);
      tell(index, reader.certain(answer.choice(index), request));
    }
  }

  /**
   * The end of the stream: tells of the rest and gives the whole.
   *
   * @param promptTokens asked for where the server did not tell
   */
  Generation end(IntSupplier promptTokens) {
    Generation generation = reader.generation(request, answer.whole());
    for (int i = 0; i < told.length; i++) tell(i, generation.sequences().get(i).tokens());
    if (answer.tellsUsage()) return generation;
    return new Generation(generation.sequences(), promptTokens.getAsInt(), 0);
  }

  private void tell(int index, List<Token> tokens) {
    while (told[index] < tokens.size()) listener.token(index, tokens.get(told[index]++));
  }
}
