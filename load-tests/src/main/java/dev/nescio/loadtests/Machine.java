package dev.nescio.loadtests;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where figures were measured.
 *
 * @param cores       available to the process
 * @param processor   model name, or what the system calls its architecture
 * @param memoryBytes of the machine
 * @param system      operating system and version
 * @param java        virtual machine and version
 * @param loadAverage running processes over the last minute, before the run: above 0 the machine was shared; null when the
 *                    system does not tell
 */
public record Machine(int cores, String processor, long memoryBytes, String system, String java, Double loadAverage) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** This machine, now. */
  public static Machine here() throws IOException {
    var os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double load = os.getSystemLoadAverage();
    return new Machine(os.getAvailableProcessors(), processor(os), os.getTotalMemorySize(),
        os.getName() + " " + os.getVersion(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        load < 0 ? null : Double.valueOf(load));
  }

  private static String processor(OperatingSystemMXBean os) throws IOException {
    if (!Files.isReadable(CPU_INFO)) return os.getArch();
    try (var lines = Files.lines(CPU_INFO)) {
      return lines.filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst().orElse(os.getArch());
    }
  }
}
