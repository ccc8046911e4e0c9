package dev.nescio.schemas.registry;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach a registry.
 *
 * @param urls     one or more addresses of the same registry, tried in turn
 * @param userInfo {@code user:password} of basic authentication
 * @param timeout  of one request
 * @param attempts at one operation over all addresses, at least 1
 */
public record RegistryConfig(List<URI> urls, Optional<String> userInfo, Duration timeout, int attempts) {

  /** Comma-separated addresses. */
  public static final String URL = "schema.registry.url";
  /** {@code USER_INFO} (see {@link #USER_INFO}) or {@code URL} (user and password stand in the address). */
  public static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
  /** {@code user:password}. */
  public static final String USER_INFO = "basic.auth.user.info";

  /** Checks every value. */
  public RegistryConfig {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) {
      throw new IllegalArgumentException(URL + " is empty; give the address of a schema registry");
    }
    for (URI url : urls) {
      if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        throw new IllegalArgumentException(URL + " is not an http or https address: " + url);
      }
    }
    if (!timeout.isPositive() || attempts < 1) {
      throw new IllegalArgumentException("A positive timeout and at least one attempt are needed");
    }
  }

  /** Of one address, without authentication. */
  public static RegistryConfig at(String url) {
    return from(Map.of(URL, url));
  }

  /**
   * From Confluent's configuration keys; other keys are left alone, since clients share one map.
   *
   * @throws IllegalArgumentException when a value is missing or wrong
   */
  public static RegistryConfig from(Map<String, ?> config) {
    Object urls = config.get(URL);
    if (urls == null) {
      throw new IllegalArgumentException(URL + " is not set; give the address of a schema registry");
    }
    String joined = urls instanceof List<?> list
        ? String.join(",", list.stream().map(Object::toString).toList()) : urls.toString();
    List<URI> parsed = Arrays.stream(joined.split(",")).map(String::strip).filter(s -> !s.isEmpty())
        .map(RegistryConfig::parse).toList();
    return new RegistryConfig(parsed, userInfo(config, parsed), Duration.ofSeconds(10), 4);
  }

  private static URI parse(String url) {
    try {
      return URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(URL + " is not an address: " + url, e);
    }
  }

  private static Optional<String> userInfo(Map<String, ?> config, List<URI> urls) {
    Object source = config.get(CREDENTIALS_SOURCE);
    Object given = config.get(USER_INFO);
    if (source == null || "USER_INFO".equals(source.toString())) {
      if (source != null && given == null) {
        throw new IllegalArgumentException(CREDENTIALS_SOURCE + " is USER_INFO, but " + USER_INFO + " is not set");
      }
      return Optional.ofNullable(given).map(Object::toString);
    }
    if ("URL".equals(source.toString())) {
      return urls.stream().map(URI::getUserInfo).filter(u -> u != null).findFirst();
    }
    throw new IllegalArgumentException(CREDENTIALS_SOURCE + " is USER_INFO or URL, not " + source);
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "RegistryConfig[urls=" + printable() + ", timeout=" + timeout + ", attempts=" + attempts + "]";
  }

  /** The addresses without user and password. */
  List<String> printable() {
    return urls.stream().map(u -> u.getScheme() + "://" + u.getHost() + (u.getPort() < 0 ? "" : ":" + u.getPort())
        + (u.getPath() == null ? "" : u.getPath())).toList();
  }
}
