package dev.nescio.model.files;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The safetensors files of a model directory, one or many, seen as one. Pickles are refused. */
public final class Checkpoint implements AutoCloseable {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path directory;
  private final List<SafetensorsReader> readers = new ArrayList<>();
  private final Set<String> names = new TreeSet<>();

  /**
   * Opens the files of a directory.
   *
   * @throws IOException naming the file that is missing or damaged, or the tensor that two files hold
   */
  public Checkpoint(Path directory) throws IOException {
    this.directory = directory;
    try {
      for (Path file : files(directory)) {
        SafetensorsReader reader = new SafetensorsReader(file);
        readers.add(reader);
        for (String name : reader.names()) {
          if (!names.add(name)) throw new ModelFormatException("tensor " + name + " is in " + file + " a second time");
        }
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * The files with weights, in a fixed order.
   *
   * @throws IOException if there are none, or if the index names anything but safetensors files beside it
   */
  public static List<Path> files(Path directory) throws IOException {
    Path index = directory.resolve(INDEX);
    if (!Files.exists(index)) {
      Path single = directory.resolve(SINGLE);
      if (!Files.exists(single)) throw noWeights(directory);
      return List.of(single);
    }
    Set<String> names = new TreeSet<>();
    JsonNode map = Json.read(index).path("weight_map");
    map.elements().forEachRemaining(name -> names.add(name.asText()));
    for (String name : names) {
      if (!name.equals(Path.of(name).getFileName().toString()) || !name.endsWith(".safetensors")) {
        throw new ModelFormatException(index + " names '" + name + "'; only safetensors files beside it are read");
      }
    }
    return names.stream().map(directory::resolve).toList();
  }

  /** Names of all tensors, sorted. */
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /**
   * The file that holds a tensor; closed with the checkpoint.
   *
   * @throws ModelFormatException if no file does
   */
  public SafetensorsReader reader(String name) throws ModelFormatException {
    for (SafetensorsReader reader : readers) {
      if (reader.names().contains(name)) return reader;
    }
    throw new ModelFormatException("tensor " + name + " is missing in " + directory
        + "; the checkpoint is incomplete, fetch it again");
  }

  /**
   * Copies a tensor to an array.
   *
   * @param shape   what it must have
   * @param manager owner of the array, on its device
   * @param type    of the array
   * @throws ModelFormatException naming the tensor if it is missing or of another shape or type
   */
  public NDArray array(String name, Shape shape, NDManager manager, FloatType type) throws ModelFormatException {
    return reader(name).array(name, shape, manager, type);
  }

  @Override
  public void close() {
    readers.forEach(SafetensorsReader::close);
  }

  private static ModelFormatException noWeights(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      List<String> pickles = list.map(p -> p.getFileName().toString())
          .filter(n -> n.endsWith(".bin") || n.endsWith(".pt") || n.endsWith(".pth") || n.endsWith(".pkl"))
          .sorted().toList();
      return new ModelFormatException(pickles.isEmpty()
          ? directory + " has no " + SINGLE + "; the model directory is incomplete"
          : directory + " has only pickles " + pickles + ", which could run code; convert them to safetensors");
    }
  }
}
