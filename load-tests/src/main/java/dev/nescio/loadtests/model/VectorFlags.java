package dev.nescio.loadtests.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Instruction sets that decide about the speed of products. */
final class VectorFlags {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Pattern VECTOR = Pattern.compile("fma|f16c|avx.*|amx.*|asimd.*|sve.*|bf16|i8mm");

  private VectorFlags() {}

  /** Of this machine's first processor, sorted; empty when the system does not tell. */
  static List<String> here() throws IOException {
    if (!Files.isReadable(CPU_INFO)) return List.of();
    try (var lines = Files.lines(CPU_INFO)) {
      return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features")).findFirst().stream()
          .flatMap(line -> Arrays.stream(line.substring(line.indexOf(':') + 1).strip().split(" ")))
          .filter(flag -> VECTOR.matcher(flag).matches()).sorted().toList();
    }
  }
}
