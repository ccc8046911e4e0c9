package dev.nescio.model.tokenizer;

import dev.nescio.language.ChatMessage;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tells the markers that a chat template writes from the same letters in what people wrote.
 *
 * <p>Before rendering, a guard is put into each marker that stands in a message, so that it is none any more; a
 * template may still trim, split or test the message. After rendering, each marker that is whole gets a private name,
 * under which the chat's tokenizer knows it, and the guards are taken out. Guard and private names hold 128 random
 * bits, so that no message can contain them but by guessing.
 */
final class ChatMarkup {

  private static final int NONCE = 16;
  private static final char FIRST = '\uE000'; // private use area: neither space nor letter to any template
  private static final char LAST = '\uE001';
  private static final int DIGITS = 0xE100;

  private final String guard;
  private final Map<String, String> privateNames = new LinkedHashMap<>(); // longest markers first
  private final String firstLetters;

  /** @param markers texts that stand for one token each, such as {@code <|im_end|>} */
  ChatMarkup(Iterable<String> markers, SecureRandom random) {
    byte[] bytes = new byte[NONCE];
    random.nextBytes(bytes);
    StringBuilder nonce = new StringBuilder();
    for (byte b : bytes) nonce.append((char) (DIGITS + (b & 0xFF)));
    this.guard = FIRST + nonce.toString() + LAST;
    List<String> longestFirst = new ArrayList<>();
    markers.forEach(longestFirst::add);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
    for (String marker : longestFirst) privateNames.put(marker, FIRST + nonce.toString() + number() + LAST);
    this.firstLetters = longestFirst.stream().map(marker -> marker.substring(0, 1)).distinct()
        .collect(Collectors.joining());
  }

  /** The name under which the chat's tokenizer knows a marker. */
  String privateName(String marker) {
    return privateNames.get(marker);
  }

  /** The conversation with a guard in each marker, and where a message begins or ends with a part of one. */
  List<ChatMessage> guarded(List<ChatMessage> messages) {
    return messages.stream().map(m -> new ChatMessage(guarded(m.role()), guarded(m.content()))).toList();
  }

  /** The rendered text with the template's markers under their private names, and everything else as it was. */
  String named(String rendered) {
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < rendered.length()) {
      String marker = markerAt(rendered, i);
      if (marker == null) {
        text.append(rendered.charAt(i++));
      } else {
        text.append(privateNames.get(marker));
        i += marker.length();
      }
    }
    return text.toString().replace(guard, "");
  }

  private String guarded(String written) {
    StringBuilder text = new StringBuilder();
    if (endsMarker(written)) text.append(guard);
    for (int i = 0; i < written.length(); i++) {
      text.append(written.charAt(i));
      if (markerAt(written, i) != null) text.append(guard);
    }
    // To Jinjava a text that says "false" is as good as none.
    if (beginsMarker(written) || written.equalsIgnoreCase("false")) text.append(guard);
    return text.toString();
  }

  /** The longest marker at a place, or null. */
  private String markerAt(String text, int place) {
    if (firstLetters.indexOf(text.charAt(place)) < 0) return null;
    for (String marker : privateNames.keySet()) if (text.startsWith(marker, place)) return marker;
    return null;
  }

  /** Whether the template could complete the beginning of a marker at the text's end. */
  private boolean beginsMarker(String text) {
    return privateNames.keySet().stream().anyMatch(marker ->
        IntStream.range(1, marker.length()).anyMatch(n -> text.endsWith(marker.substring(0, n))));
  }

  /** Whether the template could have begun a marker that the text's beginning ends. */
  private boolean endsMarker(String text) {
    return privateNames.keySet().stream().anyMatch(marker ->
        IntStream.range(1, marker.length()).anyMatch(n -> text.startsWith(marker.substring(n))));
  }

  private String number() {
    return Integer.toString(privateNames.size(), Character.MAX_RADIX);
  }
}
