package dev.nescio.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.evaluation.WhatIf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads the policy of {@code what-if} from a JSON object. Everything has a default but {@code estimator}:
 * {@code idkMode}, {@code thresholdScore}, {@code thresholdTarget}, {@code alpha}, {@code delta}, {@code tau} (a given limit),
 * {@code calibrator} ({@code "refit"}, {@code "recorded"} or an object with {@code method} and {@code parameters}) and
 * {@code minLabels}.
 */
final class WhatIfPolicy {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> KEYS = new TreeSet<>(Set.of("estimator", "idkMode", "thresholdScore",
      "thresholdTarget", "alpha", "delta", "tau", "calibrator", "minLabels"));

  private final Path file;
  private final JsonNode policy;

  private WhatIfPolicy(Path file, JsonNode policy) {
    this.file = file;
    this.policy = policy;
  }

  /** @throws UserError naming the file and what is wrong in it */
  static WhatIf read(Path file) {
    try {
      JsonNode policy = JSON.readTree(Files.readString(file));
      if (policy == null || !policy.isObject()) throw new UserError(file + " is not a JSON object");
      return new WhatIfPolicy(file, policy).parse();
    } catch (NoSuchFileException e) {
      throw new UserError("there is no policy file " + file + "; check --policy", e);
    } catch (JsonProcessingException e) {
      throw new UserError(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UserError(file + ": " + e.getMessage(), e);
    }
  }

  private WhatIf parse() {
    policy.fieldNames().forEachRemaining(key -> {
      if (!KEYS.contains(key)) throw new IllegalArgumentException("unknown key \"" + key + "\"; there are " + KEYS);
    });
    if (!policy.path("estimator").isTextual()) {
      throw new IllegalArgumentException("estimator is missing, for example \"sequence-probability\"");
    }
    return new WhatIf(policy.get("estimator").asText(), constant("idkMode", IdkMode.class, IdkMode.EITHER),
        constant("thresholdScore", ThresholdScore.class, ThresholdScore.P_IDK),
        constant("thresholdTarget", ThresholdTarget.class, ThresholdTarget.A_FPR_AT_MOST),
        share("alpha", 0.025), share("delta", 0.05),
        policy.has("tau") ? OptionalDouble.of(number("tau")) : OptionalDouble.empty(), map(),
        policy.path("calibrator").asText().equals("recorded"),
        policy.has("minLabels") ? (int) number("minLabels") : 100);
  }

  private Optional<CalibrationMap> map() {
    JsonNode calibrator = policy.path("calibrator");
    if (calibrator.isMissingNode() || Set.of("refit", "recorded").contains(calibrator.asText())) {
      return Optional.empty();
    }
    if (!calibrator.isObject()) {
      throw new IllegalArgumentException(
          "calibrator is \"refit\", \"recorded\" or {\"method\": ..., \"parameters\": {...}}, not " + calibrator);
    }
    Map<String, Double> parameters = new TreeMap<>();
    calibrator.path("parameters").properties()
        .forEach(entry -> parameters.put(entry.getKey(), entry.getValue().asDouble()));
    return Optional.of(CalibrationMap.of(calibrator.path("method").asText(), parameters));
  }

  private <E extends Enum<E>> E constant(String key, Class<E> type, E otherwise) {
    if (!policy.has(key)) return otherwise;
    String name = policy.get(key).asText().toUpperCase(Locale.ROOT);
    return Arrays.stream(type.getEnumConstants()).filter(value -> value.name().equals(name)).findFirst().orElseThrow(
        () -> new IllegalArgumentException(key + " is one of " + Arrays.toString(type.getEnumConstants()) + ", not "
            + policy.get(key)));
  }

  private double share(String key, double otherwise) {
    double value = policy.has(key) ? number(key) : otherwise;
    if (!(value > 0 && value < 1)) throw new IllegalArgumentException(key + " is between 0 and 1, not " + value);
    return value;
  }

  private double number(String key) {
    if (!policy.get(key).isNumber()) throw new IllegalArgumentException(key + " is a number, not " + policy.get(key));
    return policy.get(key).asDouble();
  }
}
