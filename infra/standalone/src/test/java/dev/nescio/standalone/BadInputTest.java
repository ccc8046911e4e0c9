package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.bytemodel.ByteModel;
import dev.nescio.model.llama.LlamaWeights;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input to whole commands: one message that names the thing and the way out, and exit code 1. */
class BadInputTest {

  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void placeState() {
    state = directory.resolve("state");
  }

  @Test
  void aMalformedLineOfDataIsNamedAndNothingIsStarted() throws IOException {
    Path data = directory.resolve("q.jsonl");
    Files.write(data, List.of("{\"question\":\"a?\",\"answers\":[\"x\"]}", "oops"));

    Ran ran = Ran.nescio("demo", "--data", data, "--state", state);

    refused(ran, data + ":2: the line is not JSON", "write one {...} object on each line", "nothing was published");
    assertThat(state).doesNotExist();
  }

  @Test
  void dataThatIsNotThereIsNamed() {
    Path data = directory.resolve("none");
    refused(Ran.nescio("demo", "--data", data, "--state", state), "There is no data file " + data, "--data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "up"})
  void aTakenPortIsNamedBeforeAnythingElseStarts(String command) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      Ran ran = Ran.nescio(command, "--port", port, "--state", state, "--cache", directory.resolve("cache"));
      refused(ran, "port " + port + " is taken by another process", "--port");
      assertThat(directory.resolve("cache")).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "up"})
  void aPortThatIsNoneIsNamed(String command) {
    refused(Ran.nescio(command, "--port", "70000", "--state", state), "--port must be between 0 and 65535, is 70000");
  }

  @Test
  void tooFewQuestionsAndUnknownSettingsAreNamed() {
    refused(Ran.nescio("demo", "--questions", "10", "--state", state), "--questions must be at least 40, is 10");
    refused(Ran.nescio("demo", "--tune", "epoch=1", "--state", state), "--tune", "epoch");
    refused(Ran.nescio("demo", "--protocol", "guess", "--state", state), "guess", "base-fewshot");
    assertThat(state).doesNotExist();
  }

  @Test
  void aReportThatCouldNotBeWrittenIsNamedBeforeTheWork() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    refused(
        Ran.nescio("demo", "--report", file.resolve("r.json"), "--state", state),
        "cannot write the report to " + file.resolve("r.json"), "--report");
    assertThat(state).doesNotExist();
  }

  @Test
  void kafkaWithoutItsRegistryIsRefused() {
    refused(
        Ran.nescio("up", "--bootstrap-servers", "127.0.0.1:1", "--state", state),
        "--bootstrap-servers and --registry go together");
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    Path model = ByteModel.oneLayer().writeWithout(directory.resolve("tiny"), LlamaWeights.FINAL_NORM);
    refused(up(model), "tensor " + LlamaWeights.FINAL_NORM + " is missing in " + model, "fetch it again");
  }

  @Test
  void aTruncatedFileIsNamedWithItsFirstLostTensor() throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Path weights = model.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length - 100));
    refused(up(model), weights + " is truncated: tensor ", "the file is damaged, fetch or write it again");
  }

  @Test
  void aDirectoryWithAPickleOnlyIsRefused() throws IOException {
    Path model = ByteModel.oneLayer().writeWithoutWeights(directory.resolve("tiny"));
    Files.write(model.resolve("pytorch_model.bin"), new byte[] {(byte) 0x80, 2, '.'});
    refused(up(model), model.toString(), "pytorch_model.bin", "could run code; convert them to safetensors");
  }

  @Test
  void aPickleAsModelIsRefused() throws IOException {
    Path pickle = Files.write(directory.resolve("x.bin"), new byte[] {(byte) 0x80, 2, '.'});
    refused(up(pickle), "--model " + pickle + " is a pickle, which could run code", "safetensors, or a .gguf file");
  }

  @Test
  void aFileOfAnotherKindAsModelIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("x.txt"), "hello");
    refused(up(text), "--model " + text + " is neither a directory nor a .gguf file");
    Path gguf = Files.writeString(directory.resolve("x.gguf"), "hello");
    refused(up(gguf), gguf + " is no GGUF file");
  }

  @Test
  void aModelThatIsNotThereIsNamed() {
    refused(up(directory.resolve("none")), directory.resolve("none") + " does not exist", "hub:ID@REVISION");
    refused(
        Ran.nescio("up", "--model", "hub:some/model", "--state", state, "--port", "0"),
        "names no revision; write hub:ID@REVISION");
  }

  @Test
  void anImportOfAFileThatIsNotThereIsNamed() {
    Path file = directory.resolve("none.gguf");
    refused(Ran.nescio("model", "import", file, "--output", directory.resolve("out")), file + " is missing");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void aRefusedStartLeavesTheStateDirectoryFree() throws IOException {
    Path model = ByteModel.oneLayer().writeWithout(directory.resolve("tiny"), LlamaWeights.FINAL_NORM);
    up(model);
    StateDirectory.open(state.resolve("up")).close();
    assertThat(StateDirectory.addresses(state.resolve("up"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "up", "serve"})
  void aDeviceThatIsNotThereIsNamed(String command) throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    refused(on(command, model, "--device", "cuda:99"), "cuda:99");
    refused(on(command, model, "--device", "cuda", "--weights", "int8"), "INT8", "on the cpu");
    refused(on(command, model, "--device", "tpu"), "'tpu' is neither cpu, cuda nor cuda:N");
  }

  private Ran on(String command, Path model, String... choices) {
    List<Object> arguments = new ArrayList<>(List.of(command, "--model", model, "--state", state, "--port", "0"));
    arguments.addAll(List.of(choices));
    return Ran.nescio(arguments.toArray());
  }

  private Ran up(Path model) {
    return Ran.nescio("up", "--model", model, "--state", state, "--port", "0", "--cache", directory.resolve("cache"));
  }

  private static void refused(Ran ran, String... parts) {
    assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(1);
    assertThat(ran.err()).startsWith("nescio: ").contains(parts).doesNotContain("Exception", "\tat ");
  }
}
