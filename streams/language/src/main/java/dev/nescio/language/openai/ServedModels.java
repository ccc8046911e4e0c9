package dev.nescio.language.openai;

import dev.nescio.language.UnknownAdapterException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a server serves. Asked for again when a name is not found, since servers load adapters while they run. */
final class ServedModels {

  private final String url;
  private final Supplier<List<ModelCard>> source;
  private volatile List<ModelCard> cards;

  ServedModels(String url, Supplier<List<ModelCard>> source) {
    this.url = url;
    this.source = source;
    cards = source.get();
  }

  /**
   * The base model.
   *
   * @throws IllegalArgumentException with the served names if there is no such model, or several and none is named
   */
  ModelCard base(Optional<String> name) {
    List<ModelCard> bases = cards.stream().filter(card -> !card.derived()).toList();
    if (name.isEmpty() && bases.size() == 1) return bases.getFirst();
    if (cards.isEmpty()) throw new IllegalArgumentException("the server " + url + " lists no model");
    String names = cards.stream().map(ModelCard::id).collect(Collectors.joining(", "));
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the server " + url + " serves several models; name one of " + names
          + " after the address, as in " + OpenAiConfig.PREFIX + url + "#name");
    }
    return cards.stream().filter(card -> card.id().equals(name.get())).findFirst().orElseThrow(
        () -> new IllegalArgumentException(
            "the server " + url + " serves no model " + name.get() + "; it serves " + names));
  }

  /** A model by its name or by the SHA-256 of its adapter. */
  Optional<ModelCard> find(String id) {
    Optional<ModelCard> known = among(cards, id);
    if (known.isPresent()) return known;
    cards = source.get();
    return among(cards, id);
  }

  /**
   * @throws UnknownAdapterException if the server does not serve it
   */
  ModelCard adapter(String id) {
    return find(id).orElseThrow(() -> new UnknownAdapterException("the server " + url + " serves no adapter " + id));
  }

  /** The server's own digest, or else one of all that is known. */
  String digest(ModelCard card) {
    return card.digest().orElseGet(() -> sha256("openai\n" + url + "\n" + card.id() + "\n" + card.owner()));
  }

  private static Optional<ModelCard> among(List<ModelCard> cards, String id) {
    return cards.stream().filter(card -> card.id().equals(id) || card.adapter().filter(id::equals).isPresent())
        .findFirst();
  }

  private static String sha256(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
