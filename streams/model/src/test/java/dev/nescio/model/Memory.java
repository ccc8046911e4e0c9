package dev.nescio.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at the memory of this process; Linux only. */
public final class Memory {

  private Memory() {}

  /**
   * Bytes outside of the heap that this process's Java code holds, those of arenas among them; exact, but that buffers
   * of earlier tests may be given back at any time.
   */
  public static long held() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow().getMemoryUsed();
  }

  /** Live bytes of the heap, and what else is resident beside the heap and the pages of files. */
  public static long used() {
    System.gc();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(text -> text.startsWith("RssAnon:")).findFirst().orElseThrow();
      return heap.getUsed() + Math.max(0, Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 - heap.getCommitted());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
