package dev.nescio.inference.serve;

import dev.nescio.language.AdaptableModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that are served: the base model, and an adapter of it under each further name. The adapters are loaded here
 * and freed with {@link #close}.
 */
public final class Catalogue implements AutoCloseable {

  private final AdaptableModel model;
  private final Instant created;
  private final List<ServedModel> models;

  private Catalogue(AdaptableModel model, Instant created, List<ServedModel> models) {
    this.model = model;
    this.created = created;
    this.models = List.copyOf(models);
  }

  /**
   * Loads the adapters.
   *
   * @param name     of the base
   * @param adapters directory by name
   * @param now      time that is told as the models' creation
   * @throws IOException naming the adapter that cannot be loaded; the others are freed again
   * @throws IllegalArgumentException if an adapter has the base's name
   */
  public static Catalogue load(AdaptableModel model, String name, Map<String, Path> adapters, Instant now)
      throws IOException {
    if (adapters.containsKey(name)) {
      throw new IllegalArgumentException("an adapter and the base cannot both be called " + name);
    }
    List<ServedModel> models = new ArrayList<>();
    models.add(new ServedModel(name, Optional.empty(), model.digest(Optional.empty())));
    try {
      for (Map.Entry<String, Path> adapter : new LinkedHashMap<>(adapters).entrySet()) {
        Optional<String> id = Optional.of(model.loadAdapter(adapter.getValue()));
        models.add(new ServedModel(adapter.getKey(), id, model.digest(id)));
      }
    } catch (IOException | RuntimeException e) {
      new Catalogue(model, now, models).close();
      throw e;
    }
    return new Catalogue(model, now, models);
  }

  AdaptableModel model() {
    return model;
  }

  Instant created() {
    return created;
  }

  ServedModel base() {
    return models.getFirst();
  }

  List<ServedModel> models() {
    return models;
  }

  /** @throws ApiException 404 when no model of that name is served */
  ServedModel named(String name) {
    return models.stream().filter(served -> served.name().equals(name)).findFirst()
        .orElseThrow(() -> ApiException.noSuchModel(name));
  }

  @Override
  public void close() {
    for (ServedModel served : models) served.adapter().ifPresent(model::unloadAdapter);
  }
}
