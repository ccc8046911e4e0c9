package dev.nescio.language.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Choices in the words of different servers, read by hand. */
class CompletionReaderTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final GenerationRequest ASKED = GenerationRequest.greedy("q", 9).withAlternatives(2);

  @Test
  void vllmTellsTheEndTokenAfterTheText() {
    Sequence sequence = read(ServerKind.VLLM,
        """
        {"text":" Lima","finish_reason":"stop","stop_reason":null,"logprobs":{
          "tokens":[" Lima","<|im_end|>"],"token_logprobs":[-0.5,-0.125],"text_offset":[9,14],
          "top_logprobs":[{" Lima":-0.5," the":-1.0},{"<|im_end|>":-0.125,".":-3.0}]}}
        """);
    assertThat(sequence.finish()).isEqualTo(Finish.END);
    assertThat(sequence.endLogProb()).contains(-0.125);
    assertThat(sequence.tokens()).extracting(Token::text).containsExactly(" Lima");
    assertThat(sequence.generatedTokens()).isEqualTo(2);
  }

  /** From vLLM 0.32.0, SmolLM2-135M-Instruct: both best tokens of the first two positions are parts of characters. */
  @Test
  void alternativesThatFellTogetherAreNotTold() {
    Sequence sequence = read(ServerKind.VLLM,
        """
        {"text":" \uD83E\uDD8A\\n","finish_reason":"length","stop_reason":null,"logprobs":{"text_offset":[8,8,8,10],
          "token_logprobs":[-0.4018685519695282,-0.03610837459564209,-0.4351448714733124,-0.28560417890548706],
          "tokens":["",""," \uD83E\uDD8A","\\n"],
          "top_logprobs":[{"":-2.645375967025757},{"":-4.8376946449279785," x":-6.5},
            {" \uD83E\uDD8A":-0.4351448714733124," \uD83E\uDD8B":-1.8554043769836426},
            {"\\n":-0.28560417890548706," (":-3.788163900375366}]}}
        """);
    assertThat(sequence.text()).as("before the stop string").isEqualTo(" \uD83E\uDD8A");
    assertThat(sequence.tokens()).hasSize(3);
    assertThat(sequence.tokens().subList(0, 2)).allSatisfy(token -> {
      assertThat(token.margin()).isEmpty();
      assertThat(token.alternatives()).isEmpty();
    });
    assertThat(sequence.tokens().get(2).margin().orElseThrow()).isEqualTo(-0.4351448714733124 + 1.8554043769836426);
    assertThat(sequence.tokens().get(2).alternatives()).hasSize(2);
  }

  /** From llama-server 0.5.0-dev (0c1e570), SmolLM2-135M-Instruct: eight tokens of the text, of which it tells four. */
  @Test
  void tokensThatAreNotToldMakeNoAnswerMoreLikely() {
    String choice =
        """
        {"text":"\u00efve \u65e5\u672c\u8a9e","index":0,"finish_reason":"length","logprobs":{"content":[
          {"id":46494,"token":"\u00efve","bytes":[195,175,118,101],"logprob":-0.0306,"top_logprobs":[]},
          {"id":115,"token":" \u65e5","bytes":[32,230,151,165],"logprob":-0.0134,"top_logprobs":[]},
          {"id":40993,"token":"\u672c","bytes":[230,156,172],"logprob":-0.0024,"top_logprobs":[]},
          {"id":248,"token":"\u8a9e","bytes":[232,170,158],"logprob":-5.6e-05,"top_logprobs":[]}]}}
        """;
    Sequence hidden = read(ServerKind.LLAMA_CPP, choice, Optional.of(8));
    assertThat(hidden.text()).isEqualTo("\u00efve \u65e5\u672c\u8a9e");
    assertThat(hidden.tokens()).as("some are not told, so none is").isEmpty();
    assertThat(hidden.generatedTokens()).isEqualTo(8);
    assertThat(hidden.finish()).isEqualTo(Finish.LENGTH);
    assertThat(read(ServerKind.LLAMA_CPP, choice, Optional.empty()).tokens()).as("not counted").isEmpty();
    assertThat(read(ServerKind.LLAMA_CPP, choice, Optional.of(4)).tokens()).as("all are told").hasSize(4);
    String stopped = choice.replace("length", "stop");
    assertThat(read(ServerKind.LLAMA_CPP, stopped, Optional.of(5)).tokens()).as("and one of a stop string").hasSize(4);
    assertThat(read(ServerKind.LLAMA_CPP, stopped, Optional.of(6)).tokens()).isEmpty();
    assertThat(read(ServerKind.LLAMA_CPP, stopped, Optional.of(6)).finish()).isEqualTo(Finish.STOP);
  }

  @Test
  void charactersThatMayBeHalfToldAreToldAtTheEnd() {
    JsonNode choice = json(
        """
        {"text":"a b\u00ef","logprobs":{"content":[{"id":1,"token":"a","logprob":-1},{"id":2,"token":" b","logprob":-1},
          {"id":3,"token":"\u00ef","logprob":-1}]}}
        """);
    assertThat(new CompletionReader(ServerKind.LLAMA_CPP).certain(choice, ASKED)).hasSize(2);
    assertThat(new CompletionReader(ServerKind.VLLM).certain(choice, ASKED)).hasSize(3);
  }

  /** From transformers serve 5.23.0, asked to stop at a newline: it leaves the stop string in the text. */
  @Test
  void transformersTellsTheTextAlone() {
    Sequence sequence = read(ServerKind.TRANSFORMERS,
        """
        {"finish_reason":"stop","index":0,"text":" Paris\\n"}
        """, Optional.of(2));
    assertThat(sequence.text()).isEqualTo(" Paris");
    assertThat(sequence.finish()).isEqualTo(Finish.STOP);
    assertThat(sequence.tokens()).isEmpty();
    assertThat(sequence.generatedTokens()).isEqualTo(2);
  }

  @Test
  void anIdkTokenEndsTheSpan() {
    Sequence sequence = read(ServerKind.VLLM,
        """
        {"text":" Lima<IDK>","finish_reason":"stop","stop_reason":null,"logprobs":{
          "tokens":[" Lima","<IDK>","<|im_end|>"],"token_logprobs":[-0.5,-0.2,-0.1],"top_logprobs":[{},{},{}]}}
        """);
    assertThat(sequence.finish()).isEqualTo(Finish.IDK);
    assertThat(sequence.emittedIdk()).isTrue();
    assertThat(sequence.text()).isEqualTo(" Lima");
    assertThat(sequence.pIdk()).as("known only where it was emitted, so not told").isEmpty();
    assertThat(sequence.tokens()).hasSize(1);
  }

  @Test
  void lettersThatSpellIdkAreNoToken() {
    Sequence sequence = read(ServerKind.VLLM,
        """
        {"text":"<IDK>","finish_reason":"length","logprobs":{
          "tokens":["<","ID","K",">"],"token_logprobs":[-1,-1,-1,-1],"top_logprobs":[{},{},{},{}]}}
        """);
    assertThat(sequence.emittedIdk()).isFalse();
    assertThat(sequence.finish()).isEqualTo(Finish.LENGTH);
    assertThat(sequence.text()).isEqualTo("<IDK>");
  }

  @Test
  void llamaCppTellsIdsAndAlternativesInTheNewForm() {
    Sequence sequence = read(ServerKind.LLAMA_CPP,
        """
        {"text":" Lima","finish_reason":"stop","logprobs":{"content":[
          {"id":42,"token":" Lima","bytes":[32,76],"logprob":-0.5,"top_logprobs":[
            {"id":7,"token":" the","logprob":-1.5},{"id":42,"token":" Lima","logprob":-0.5},
            {"id":8,"token":" a","logprob":-2.5}]},
          {"id":2,"token":"","logprob":-0.25,"top_logprobs":[]}]}}
        """);
    Token token = sequence.tokens().getFirst();
    assertThat(token.id()).isEqualTo(42);
    assertThat(token.margin()).contains(1.0);
    assertThat(token.alternatives()).containsExactly(
        new Alternative(42, " Lima", -0.5), new Alternative(7, " the", -1.5));
    assertThat(sequence.endLogProb()).contains(-0.25);
    assertThat(sequence.finish()).isEqualTo(Finish.END);
  }

  @Test
  void withoutTokensAfterTheTextStopStringsAreTakenToHaveEndedIt() {
    Sequence sequence = read(ServerKind.LLAMA_CPP_PYTHON,
        """
        {"text":" Lima","finish_reason":"stop","logprobs":{"tokens":[" Lima"],"token_logprobs":[-0.5],
          "text_offset":[1],"top_logprobs":[{" Lima":-0.5," a":-0.75}]}}
        """);
    assertThat(sequence.finish()).isEqualTo(Finish.STOP);
    assertThat(sequence.endLogProb()).isEmpty();
  }

  @Test
  void aNescioTellsWhatOthersCannot() {
    Sequence sequence = read(ServerKind.NESCIO,
        """
        {"text":" Lima","finish_reason":"stop","logprobs":{"tokens":[" Lima"],"token_logprobs":[-0.5],
          "text_offset":[0],"top_logprobs":[{" Lima":-0.5," a":-0.75}]},
         "nescio":{"finish":"IDK","p_idk":0.75,"end_log_prob":-2.5,"generated_tokens":2,
           "tokens":[{"id":42,"entropy":1.5,"margin":0.25,"best":[
             {"id":42,"token":" Lima","logprob":-0.5},{"id":7,"token":" a","logprob":-0.75}]}]}}
        """);
    assertThat(sequence.finish()).isEqualTo(Finish.IDK);
    assertThat(sequence.emittedIdk()).isTrue();
    assertThat(sequence.pIdk()).contains(0.75);
    assertThat(sequence.endLogProb()).contains(-2.5);
    assertThat(sequence.tokens()).containsExactly(
        new Token(42, " Lima", -0.5, Optional.of(1.5), Optional.of(0.25),
            List.of(new Alternative(42, " Lima", -0.5), new Alternative(7, " a", -0.75))));
  }

  @Test
  void aTokenThatBeginsEveryTextDoesNotShiftTheScores() {
    Sequence score = new CompletionReader(ServerKind.VLLM).score(
        json(
            """
            {"text":"A: Lima","finish_reason":"length","logprobs":{"tokens":["<s>","A",":"," Li","ma"],
              "token_logprobs":[null,-3,-2,-1,-0.5],"text_offset":[0,3,4,5,8],"top_logprobs":[null,{},{},{},{}]}}
            """),
        new ContinuationRequest("A:", " Lima", Optional.empty()));
    assertThat(score.tokens()).extracting(Token::text).containsExactly(" Li", "ma");
    assertThat(score.sequenceLogProb()).isEqualTo(-1.5);
  }

  @Test
  void aTokenAcrossTheBorderBelongsToTheContinuation() {
    Sequence score = new CompletionReader(ServerKind.VLLM).score(
        json(
            """
            {"text":"ab cd","finish_reason":"length","logprobs":{"tokens":["a","b c","d","!"],
              "token_logprobs":[null,-2,-1,-9],"text_offset":[0,1,4,5],"top_logprobs":[null,{},{},{}]}}
            """),
        new ContinuationRequest("ab", " cd", Optional.empty()));
    assertThat(score.tokens()).extracting(Token::text).containsExactly("b c", "d");
  }

  private static Sequence read(ServerKind kind, String choice) {
    return read(kind, choice, Optional.empty());
  }

  private static Sequence read(ServerKind kind, String choice, Optional<Integer> counted) {
    return new CompletionReader(kind).sequence(json(choice), ASKED, counted);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
