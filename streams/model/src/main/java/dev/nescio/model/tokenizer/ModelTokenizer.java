package dev.nescio.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ChatTemplateException;
import dev.nescio.model.chat.ChatTemplate;
import dev.nescio.model.files.AtomicFiles;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.torch.Torch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Text to token ids and back.
 *
 * <p>Two encoders are made of one {@code tokenizer.json}. That for text knows no special token, so that nothing a user
 * types becomes one: {@code <IDK>} and chat markers are spelled out. The other parses them and is for prompts that we
 * wrote. A third, made when it is first needed, is for conversations ({@link #encodeChat}). Thread-safe.
 */
public final class ModelTokenizer implements AutoCloseable {

  /** Text of the token for "I do not know". */
  public static final String IDK = "<IDK>";

  private static final String FILE = "tokenizer.json";
  private static final Map<String, String> WHOLE = Map.of("truncation", "false", "padding", "false");

  private final Path directory;
  private final ObjectNode json; // with <IDK> if the model has it
  private final HuggingFaceTokenizer text;
  private final HuggingFaceTokenizer special;
  private final Optional<Integer> idkId;
  private final int endTokenId;
  private final String lead; // before an answer, so that it is encoded as it stands in a text
  private final int[] start; // what the model expects before every text, such as a beginning-of-text token
  private final Optional<ChatTemplate> chatTemplate;
  private ChatEncoder chat; // null until the first conversation

  /** @param plain without markers */
  private ModelTokenizer(
      Path directory, ObjectNode json, ObjectNode plain, Optional<Integer> idkId, int endTokenId) throws IOException {
    this.directory = directory;
    this.json = json;
    this.idkId = idkId;
    this.endTokenId = endTokenId;
    this.special = opened(json);
    this.text = opened(plain);
    this.start = beforeEveryText();
    this.chatTemplate = ChatTemplateFile.read(directory, Clock.systemDefaultZone());
    this.lead = putsBlankFirst() ? "" : " ";
    refuseMovedTokens(plain);
  }

  /** What the post-processor puts before a text; an end that it puts behind would be out of place in a prompt. */
  private int[] beforeEveryText() throws ModelFormatException {
    int[] bare = ints(special.encode("a", false, false).getIds());
    int[] whole = ints(special.encode("a", true, false).getIds());
    for (int i = 0; i + bare.length <= whole.length; i++) {
      if (Arrays.equals(whole, i, i + bare.length, bare, 0, bare.length)) return Arrays.copyOf(whole, i);
    }
    throw new ModelFormatException(directory.resolve(FILE) + " has a post_processor that changes a text's own tokens");
  }

  /** True when a blank is put before every text, also before one that begins with a blank, as for Llama 2. */
  private boolean putsBlankFirst() {
    String[] tokens = text.encode("a", false, false).getTokens();
    return tokens.length > 0 && tokens[0].startsWith("\u2581") && !Arrays.equals(ids(text, "a"), ids(text, " a"));
  }

  /**
   * Opens the tokenizer of a directory.
   *
   * @param idkId     id of {@code <IDK>}, which is added when the tokenizer lacks it; empty for none
   * @param endTokenId id that ends a training target
   * @throws ModelFormatException if the file is missing or damaged, or has {@code <IDK>} under another id
   */
  public static ModelTokenizer open(Path directory, Optional<Integer> idkId, int endTokenId) throws IOException {
    ObjectNode original = (ObjectNode) Json.read(directory.resolve(FILE));
    ObjectNode json = original.deepCopy();
    Path config = directory.resolve(ChatTemplateFile.CONFIG);
    JsonNode settings = Files.exists(config) ? Json.read(config) : Json.MAPPER.createObjectNode();
    Optional<Integer> present = AddedTokens.id(json, IDK);
    if (present.isPresent() && idkId.isPresent() && !present.equals(idkId)) {
      throw new ModelFormatException(directory.resolve(FILE) + " has " + IDK + " as " + present.get() + ", expected "
          + idkId.get());
    }
    try {
      AddedTokens.addListed(json, settings);
      if (idkId.isPresent() && present.isEmpty()) AddedTokens.addSpecial(json, IDK, idkId.get());
    } catch (ModelFormatException e) {
      throw new ModelFormatException(directory + ": " + e.getMessage(), e);
    }
    return new ModelTokenizer(directory, json, AddedTokens.withoutMarkers(json, original), idkId, endTokenId);
  }

  /**
   * Id of {@code <IDK>} in a directory's tokenizer; empty when it has none.
   *
   * @throws IOException if {@code tokenizer.json} is missing or damaged
   */
  public static Optional<Integer> idkIn(Path directory) throws IOException {
    return AddedTokens.id(Json.read(directory.resolve(FILE)), IDK);
  }

  /** Id of {@code <IDK>}. */
  public Optional<Integer> idkId() {
    return idkId;
  }

  /** Ids whose log-probabilities are always reported: the end tokens, then {@code <IDK>}. */
  public int[] watched(LlamaConfig config) {
    return Stream.concat(config.endTokenIds().stream(), idkId.stream()).mapToInt(id -> id).toArray();
  }

  /** Encodes plain text; no special token comes out, whatever the text says, except those that start every text. */
  public int[] encode(String plain) {
    int[] ids = ids(text, plain);
    if (start.length == 0) return ids;
    int[] all = Arrays.copyOf(start, start.length + ids.length);
    System.arraycopy(ids, 0, all, start.length, ids.length);
    return all;
  }

  /** Tokens of "I don't know", whose rows the row of {@code <IDK>} starts from; without those that start every text. */
  public int[] idkWords() {
    return ids(text, "I don't know");
  }

  /** Encodes text of our own in which special tokens are parsed, such as a rendered chat. Never for users' text. */
  public int[] encodeWithSpecials(String markup) {
    return ids(special, markup);
  }

  /** The model's chat template; empty when it has none. */
  public Optional<ChatTemplate> chatTemplate() {
    return chatTemplate;
  }

  /**
   * Encodes a conversation with the model's chat template. The template's markers become special tokens; the same markers
   * in a message are plain text, so that no message can end itself or speak for another.
   *
   * @param messages            at least one
   * @param addGenerationPrompt true to end with what stands before the assistant's next message
   * @throws ChatTemplateException if the model has no template, or the template refuses the conversation
   */
  public int[] encodeChat(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return chatEncoder().encode(messages, addGenerationPrompt);
  }

  /**
   * What a model is trained to write after a prompt: the answer after a blank, then {@code <IDK>} if unknown, then the end
   * token; no lone space stands between.
   *
   * @param answer  accepted answer, without leading space; an empty one has no tokens
   * @param unknown true to append {@code <IDK>}
   * @throws IllegalStateException if unknown and the model has no {@code <IDK>}
   */
  public int[] encodeTarget(String answer, boolean unknown) {
    int[] ids = answer.isEmpty() ? new int[0] : ids(text, lead + answer);
    int[] target = Arrays.copyOf(ids, ids.length + (unknown ? 2 : 1));
    if (unknown) {
      target[ids.length] = idkId.orElseThrow(() -> new IllegalStateException("the model was opened without " + IDK));
    }
    target[target.length - 1] = endTokenId;
    return target;
  }

  /** Text of tokens, special ones with their names; bytes that are no whole character become replacement characters. */
  public String decode(int... ids) {
    return special.decode(Arrays.stream(ids).asLongStream().toArray(), false);
  }

  /**
   * Writes {@code tokenizer.json} with {@code <IDK>}, and copies {@code tokenizer_config.json} and the chat template,
   * beside an adapter or model.
   */
  public void save(Path target) throws IOException {
    write(target.resolve(FILE), Json.MAPPER.writeValueAsBytes(json));
    for (String name : List.of(ChatTemplateFile.CONFIG, ChatTemplateFile.JINJA)) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) write(target.resolve(name), Files.readAllBytes(file));
    }
  }

  @Override
  public void close() {
    text.close();
    special.close();
    closeChat();
  }

  private synchronized void closeChat() {
    if (chat != null) chat.close();
  }

  private synchronized ChatEncoder chatEncoder() {
    if (chat == null) {
      ChatTemplate template = chatTemplate.orElseThrow(() -> new ChatTemplateException(
          "the model in " + directory + " has no chat template; send a plain prompt, or add " + ChatTemplateFile.JINJA));
      try {
        chat = ChatEncoder.open(template, json, markers());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return chat;
  }

  /** Added tokens that text of users never becomes, with their ids. */
  private Map<String, Integer> markers() {
    Map<String, Integer> markers = new LinkedHashMap<>();
    for (JsonNode token : json.path("added_tokens")) {
      if (AddedTokens.isMarker(token)) markers.put(token.path("content").textValue(), token.path("id").intValue());
    }
    return markers;
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    AtomicFiles.file(file, out -> out.write(ByteBuffer.wrap(bytes)));
  }

  private static int[] ids(HuggingFaceTokenizer encoder, String plain) {
    return ints(encoder.encode(wellFormed(plain), false, false).getIds());
  }

  /** Half surrogate pairs are no characters; the native encoder expects characters. */
  static String wellFormed(String plain) {
    StringBuilder sound = null;
    for (int i = 0; i < plain.length(); i++) {
      boolean pair = i + 1 < plain.length() && Character.isSurrogatePair(plain.charAt(i), plain.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(plain.charAt(i))) {
        if (sound == null) sound = new StringBuilder(plain);
        sound.setCharAt(i, '\uFFFD');
      }
    }
    return sound == null ? plain : sound.toString();
  }

  private HuggingFaceTokenizer opened(JsonNode node) throws IOException {
    try {
      return open(node);
    } catch (RuntimeException e) {
      throw new ModelFormatException(directory.resolve(FILE) + " is no tokenizer: " + e.getMessage(), e);
    }
  }

  /** An encoder of a {@code tokenizer.json} that never cuts or pads. */
  static HuggingFaceTokenizer open(JsonNode node) throws IOException {
    Torch.optOut();
    return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(Json.MAPPER.writeValueAsBytes(node)), WHOLE);
  }

  /** Without special tokens, the rest must not get other ids. */
  private void refuseMovedTokens(JsonNode plain) throws ModelFormatException {
    for (JsonNode token : plain.path("added_tokens")) {
      int[] ids = ids(text, token.path("content").asText());
      if (ids.length != 1 || ids[0] != token.path("id").intValue()) {
        throw new ModelFormatException(directory.resolve(FILE) + " has the added token '"
            + token.path("content").asText() + "' whose id depends on the special tokens; this is not supported");
      }
    }
  }

  private static int[] ints(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }
}
