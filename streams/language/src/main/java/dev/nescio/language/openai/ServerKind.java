package dev.nescio.language.openai;

import dev.nescio.language.EvidenceKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a kind of server can do beyond the bare minimum of {@code POST /v1/completions}. Read from the documentation and
 * source of the servers; all but {@link #TGI} and {@link #GENERIC} were run.
 *
 * @param name           as it stands in {@code kind=}
 * @param owner          {@code owned_by} of its models, by which it is recognised; empty for none
 * @param severalSamples true when it takes {@code n}; otherwise each sample is a request of its own
 * @param alternatives   most entries of {@code logprobs} that it takes; 0 when it reports no log-probabilities at all
 * @param rawLogProbs    true when they are the model's own under sampling too, and not those after temperature and cuts;
 *                       without this only greedy answers are asked for
 * @param echo           true when {@code echo} with {@code logprobs} gives the log-probabilities of a given text
 * @param extraSampling  true when it knows {@code top_k}, {@code min_p} and {@code repetition_penalty}
 * @param penaltyName    its name of the repetition penalty
 * @param tokenCounting  how it counts tokens
 * @param keepsSpecials  true when it takes {@code skip_special_tokens}, so that {@code <IDK>} stands in the text
 * @param hidesParts     true when it may tell, of the tokens that make up one character, only the last
 * @param extension      true when choices hold the {@code nescio} object: token ids, entropies, p_idk
 */
public record ServerKind(
    String name, String owner, boolean severalSamples, int alternatives, boolean rawLogProbs, boolean echo,
    boolean extraSampling, String penaltyName, TokenCounting tokenCounting, boolean keepsSpecials, boolean hidesParts,
    boolean extension) {

  /** How a server tells the number of tokens of a text. */
  public enum TokenCounting {
    /** {@code POST /tokenize {"model", "prompt"}} with {@code count}. */
    TOKENIZE_PROMPT,
    /** {@code POST /tokenize {"content"}} with a list of tokens. */
    TOKENIZE_CONTENT,
    /** {@code POST /tokenize {"inputs"}} with a list of tokens. */
    TOKENIZE_INPUTS,
    /** No way but the usage of a completion of one token, which costs a pass over the text. */
    USAGE
  }

  private static final String PENALTY = "repetition_penalty";

  /** Another nescio: everything but internals. */
  public static final ServerKind NESCIO =
      new ServerKind(
          "nescio", "nescio", true, 20, true, true, true, PENALTY, TokenCounting.TOKENIZE_PROMPT, false, false, true);

  /** vLLM 0.10 or later, whose log-probabilities are those before sampling unless it was started otherwise. */
  public static final ServerKind VLLM =
      new ServerKind(
          "vllm", "vllm", true, 20, true, true, true, PENALTY, TokenCounting.TOKENIZE_PROMPT, true, false, false);

  /** llama.cpp's own {@code llama-server}. */
  public static final ServerKind LLAMA_CPP =
      new ServerKind(
          "llama.cpp", "llamacpp", false, 20, true, false, true, "repeat_penalty", TokenCounting.TOKENIZE_CONTENT, false,
          true, false);

  /** The server of llama-cpp-python. Its log-probabilities need a model loaded with {@code --logits_all true}. */
  public static final ServerKind LLAMA_CPP_PYTHON =
      new ServerKind(
          "llama-cpp-python", "me", false, 20, true, false, true, "repeat_penalty", TokenCounting.USAGE, false, false,
          false);

  /** Text Generation Inference: its completions carry no log-probabilities. */
  public static final ServerKind TGI =
      new ServerKind(
          "tgi", "", false, 0, false, false, false, PENALTY, TokenCounting.TOKENIZE_INPUTS, false, false, false);

  /** {@code transformers serve}: one answer a request, no log-probabilities, and unknown fields are refused. */
  public static final ServerKind TRANSFORMERS =
      new ServerKind(
          "transformers", "", false, 0, false, false, false, PENALTY, TokenCounting.USAGE, false, false, false);

  /** Anything else: what OpenAI's own description of the legacy completions promises. */
  public static final ServerKind GENERIC =
      new ServerKind("generic", "", true, 5, true, false, false, PENALTY, TokenCounting.USAGE, false, true, false);

  private static final List<ServerKind> ALL =
      List.of(NESCIO, VLLM, LLAMA_CPP, LLAMA_CPP_PYTHON, TGI, TRANSFORMERS, GENERIC);

  public ServerKind {
    if (alternatives < 0 || alternatives > 20) {
      throw new IllegalArgumentException("alternatives must be between 0 and 20, is " + alternatives);
    }
    if (echo && alternatives == 0) throw new IllegalArgumentException("echo scores nothing without log-probabilities");
  }

  /**
   * The kind of a name.
   *
   * @throws IllegalArgumentException with the known names
   */
  public static ServerKind named(String name) {
    return ALL.stream().filter(kind -> kind.name.equals(name.toLowerCase(Locale.ROOT))).findFirst().orElseThrow(
        () -> new IllegalArgumentException("no kind of server is called \"" + name + "\"; there are "
            + ALL.stream().map(ServerKind::name).collect(Collectors.joining(", "))));
  }

  /** The kind that owns its models by this name; {@link #GENERIC} for an unknown one. */
  static ServerKind ownedBy(String owner) {
    return ALL.stream().filter(kind -> !kind.owner.isEmpty() && kind.owner.equals(owner)).findFirst().orElse(GENERIC);
  }

  /** With another limit of {@code logprobs}, for a server that was configured so. */
  public ServerKind withAlternatives(int most) {
    return new ServerKind(
        name, owner, severalSamples, most, rawLogProbs, echo && most > 0, extraSampling, penaltyName, tokenCounting,
        keepsSpecials, hidesParts, extension);
  }

  /** What it can give. No server but {@link #NESCIO} tells entropies and p_idk, and none tells internals. */
  Set<EvidenceKind> evidence() {
    Set<EvidenceKind> kinds = EnumSet.noneOf(EvidenceKind.class);
    if (alternatives > 0) {
      kinds.add(EvidenceKind.TOKEN_LOG_PROBS);
      kinds.add(EvidenceKind.ALTERNATIVES);
    }
    if (rawLogProbs) kinds.add(EvidenceKind.SAMPLES);
    if (echo) kinds.add(EvidenceKind.CONTINUATION_SCORES);
    if (extension) kinds.add(EvidenceKind.FULL_ENTROPY);
    return kinds;
  }
}
