package dev.nescio.language.openai;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which model on which server, and how it is asked. Checks itself; made from {@link #of} unknown keys fail.
 *
 * @param url            base of the interface, for example {@code http://host:8000/v1}
 * @param model          name of the base model on the server; empty when the server has only one
 * @param kind           what the server can do; empty to tell by the owner of its models
 * @param contextTokens  longest prompt plus generation; empty when the server tells
 * @param concurrency    requests under way at the same time, at least 1
 * @param retry          what happens after 408, 429, 502, 503, 504, broken connections and timeouts
 * @param connectTimeout longest time to connect
 * @param requestTimeout longest time from sending a request to its whole answer; in a stream, between two chunks
 * @param keyVariable    name of the environment variable that holds the API key; empty for none. The key itself is read
 *                       when the model is opened, sent in a header, and never printed
 */
public record OpenAiConfig(
    URI url, Optional<String> model, Optional<ServerKind> kind, OptionalInt contextTokens, int concurrency,
    RetryPolicy retry, Duration connectTimeout, Duration requestTimeout, Optional<String> keyVariable) {

  /** How a remote model is written where a model is named: {@code openai:http://host:8000/v1#model}. */
  public static final String PREFIX = "openai:";

  private static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "url", "model", "kind", "context.tokens", "concurrency", "retries", "retry.first.ms", "retry.longest.ms",
              "connect.timeout.ms", "request.timeout.ms", "key.variable"));

  public OpenAiConfig {
    Objects.requireNonNull(url, "url");
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    require("url", url, http && url.getHost() != null, "like http://host:8000/v1");
    boolean open = url.getUserInfo() == null;
    require("url", "one with a name or password in it", open, "without a password; use key.variable");
    require("url", url, url.getQuery() == null && url.getFragment() == null, "without ? and #");
    url = withoutLastSlash(url);
    require("model", "blank", model.filter(String::isBlank).isEmpty(), "a name");
    Objects.requireNonNull(kind, "kind");
    require("context.tokens", contextTokens, contextTokens.isEmpty() || contextTokens.getAsInt() > 0, "above 0");
    require("concurrency", concurrency, concurrency >= 1, "at least 1");
    Objects.requireNonNull(retry, "retry");
    require("connect.timeout.ms", connectTimeout, connectTimeout.isPositive(), "above 0");
    require("request.timeout.ms", requestTimeout, requestTimeout.isPositive(), "above 0");
    require("key.variable", "blank", keyVariable.filter(String::isBlank).isEmpty(), "a name");
  }

  /** The defaults for a server, which is asked what it is. */
  public static OpenAiConfig at(URI url) {
    return of(Map.of("url", url.toString()));
  }

  /**
   * From {@code openai:http://host:8000/v1#model}, or without {@code #model} for a server with one model.
   *
   * @param settings further settings by key
   * @throws IllegalArgumentException if it is not of that form
   */
  public static OpenAiConfig parse(String text, Map<String, String> settings) {
    if (!text.startsWith(PREFIX)) throw new IllegalArgumentException(text + " does not begin with " + PREFIX);
    String address = text.substring(PREFIX.length());
    int hash = address.indexOf('#');
    Map<String, String> all = new HashMap<>(settings);
    all.put("url", hash < 0 ? address : address.substring(0, hash));
    if (hash >= 0) all.put("model", address.substring(hash + 1));
    return of(all);
  }

  /**
   * From named settings.
   *
   * @throws IllegalArgumentException naming the setting that is unknown, missing or out of range
   */
  public static OpenAiConfig of(Map<String, String> settings) {
    settings.keySet().stream().filter(key -> !KEYS.contains(key)).findFirst().ifPresent(key -> {
      throw new IllegalArgumentException(
          "unknown setting \"" + key + "\" of a remote model; there are " + String.join(", ", KEYS));
    });
    String url = settings.get("url");
    if (url == null || url.isBlank()) {
      throw new IllegalArgumentException("url is missing, for example http://host:8000/v1");
    }
    RetryPolicy retry =
        new RetryPolicy(
            integer(settings, "retries", "5"), millis(settings, "retry.first.ms", "250"),
            millis(settings, "retry.longest.ms", "10000"));
    return new OpenAiConfig(
        uri(url),
        Optional.ofNullable(settings.get("model")),
        Optional.ofNullable(settings.get("kind")).filter(kind -> !kind.equals("auto")).map(ServerKind::named),
        settings.containsKey("context.tokens")
            ? OptionalInt.of(integer(settings, "context.tokens", "")) : OptionalInt.empty(),
        integer(settings, "concurrency", "16"),
        retry,
        millis(settings, "connect.timeout.ms", "5000"),
        millis(settings, "request.timeout.ms", "120000"),
        Optional.ofNullable(settings.get("key.variable")));
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("url must be like http://host:8000/v1, is " + text, e);
    }
  }

  private static URI withoutLastSlash(URI url) {
    String text = url.toString();
    return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : url;
  }

  private static int integer(Map<String, String> settings, String key, String otherwise) {
    return number(settings, key, otherwise, Integer::parseInt);
  }

  private static Duration millis(Map<String, String> settings, String key, String otherwise) {
    return Duration.ofMillis(number(settings, key, otherwise, Long::parseLong));
  }

  private static <N> N number(Map<String, String> settings, String key, String otherwise, Function<String, N> parse) {
    String text = settings.getOrDefault(key, otherwise);
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " is a whole number, not \"" + text + "\"", e);
    }
  }

  private static void require(String key, Object value, boolean holds, String rule) {
    if (!holds) throw new IllegalArgumentException(key + " must be " + rule + ", is " + value);
  }
}
