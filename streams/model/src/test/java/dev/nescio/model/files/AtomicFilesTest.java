package dev.nescio.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir
  Path directory;

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path file = directory.resolve("a");
    AtomicFiles.file(file, out -> out.write(ByteBuffer.wrap(new byte[] {1})));
    assertThatThrownBy(() -> AtomicFiles.file(file, out -> {
      out.write(ByteBuffer.wrap(new byte[] {2, 3}));
      throw new IOException("broken");
    })).hasMessage("broken");
    assertThat(file).hasBinaryContent(new byte[] {1});
    try (var list = Files.list(directory)) {
      assertThat(list).containsExactly(file);
    }
  }

  @Test
  void aDirectoryAppearsWholeOrNotAtAll() throws IOException {
    Path made = directory.resolve("made");
    assertThatThrownBy(() -> AtomicFiles.directory(made, place -> {
      Files.writeString(place.resolve("half"), "half");
      throw new IOException("broken");
    })).hasMessage("broken");
    assertThat(directory).isEmptyDirectory();
    AtomicFiles.directory(made, place -> Files.writeString(place.resolve("whole"), "whole"));
    assertThat(made.resolve("whole")).hasContent("whole");
  }

  @Test
  void saysThatTheDiskIsFull() throws IOException, InterruptedException {
    Path small = Files.createDirectory(directory.resolve("small"));
    Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString())
        .redirectErrorStream(true).start();
    assumeTrue(mount.waitFor() == 0, "SKIPPED, needs the right to mount a tmpfs");
    try {
      assertThatThrownBy(() -> AtomicFiles.file(small.resolve("big"), out -> {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
        while (bytes.hasRemaining()) out.write(bytes);
      })).hasMessageContaining("the disk is full").hasMessageContaining("big");
      assertThat(small).isEmptyDirectory();
    } finally {
      assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor()).isZero();
    }
  }
}
