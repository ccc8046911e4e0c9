package dev.nescio.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;
import org.slf4j.LoggerFactory;

/** A broker that can no longer write ends its process at once, and without a word; this says why first. */
final class BrokerEnd {

  private static final long FULL_BELOW_BYTES = 16L << 20;

  private BrokerEnd() {}

  /** @param directory the broker's disk */
  static void announce(Path directory, Terminal terminal) {
    Exit.setHaltProcedure((status, message) -> {
      terminal.line("nescio: " + reason(directory));
      Runtime.getRuntime().halt(status);
    });
  }

  static String reason(Path directory) {
    String kept = "; what was published is kept: start again ";
    try {
      if (Files.getFileStore(directory).getUsableSpace() < FULL_BELOW_BYTES) {
        return "the broker stopped, the disk of " + directory + " is full" + kept + "when there is room";
      }
    } catch (IOException e) {
      LoggerFactory.getLogger(BrokerEnd.class).warn("cannot look at the disk of {}", directory, e);
    }
    return "the broker stopped, see " + directory.resolve("nescio.log") + kept + "after mending what it says";
  }
}
