package dev.nescio.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Names of images. Those of {@code apache/kafka} and {@code apicurio/apicurio-registry} fit as well.
 *
 * @param kafka    a broker on port 9092 that is configured by {@code KAFKA_} variables and starts by itself
 * @param registry Apicurio Registry 3 on port 8080
 */
record Images(String kafka, String registry) {

  private static final String FILE = "/dev-nescio-platform.properties";

  /** Of this build, unless system properties {@code nescio.kafka.image} and {@code nescio.registry.image} say others. */
  static Images configured() {
    Properties built = new Properties();
    try (InputStream in = Images.class.getResourceAsStream(FILE)) {
      built.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
    return new Images(named(built, "nescio.kafka.image"), named(built, "nescio.registry.image"));
  }

  private static String named(Properties built, String key) {
    return System.getProperty(key, built.getProperty(key));
  }
}
