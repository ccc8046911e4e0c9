package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

  private static final StateDirectory.Addresses ADDRESSES =
      new StateDirectory.Addresses("127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3",
          ProcessHandle.current().pid());

  @TempDir private Path directory;

  @Test
  void aSecondOpeningIsRefusedWithTheWayOut() throws IOException {
    Path root = directory.resolve("up");
    StateDirectory first = StateDirectory.open(root);
    assertThatThrownBy(() -> StateDirectory.open(root))
        .isInstanceOf(UserError.class)
        .hasMessage("another nescio runs in " + root + "; stop it (Ctrl-C) or choose another directory with --state");
    first.close();
    StateDirectory.open(root).close();
  }

  @Test
  void addressesAreReadAsTheyWereWrittenAndGoWithTheSystem() throws IOException {
    assertThat(StateDirectory.addresses(directory)).isEmpty();
    try (StateDirectory state = StateDirectory.open(directory)) {
      state.writeAddresses(ADDRESSES);
      assertThat(StateDirectory.addresses(directory)).contains(ADDRESSES);
      assertThat(directory.resolve("addresses.json.tmp")).doesNotExist();
    }
    assertThat(StateDirectory.addresses(directory)).isEmpty();
  }

  @Test
  void addressesOfAProcessThatWasKilledAreNone() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    try (StateDirectory state = StateDirectory.open(directory)) {
      state.writeAddresses(
          new StateDirectory.Addresses(
              ADDRESSES.bootstrapServers(), ADDRESSES.registryUrl(), ADDRESSES.dashboardUrl(), ended.pid()));
      assertThat(StateDirectory.addresses(directory)).isEmpty();
    }
  }

  @Test
  void damagedAddressesAreNamedWithTheWayOut() throws IOException {
    Path file = Files.writeString(directory.resolve("addresses.json"), "{\"bootstrapServers\":");
    assertThatThrownBy(() -> StateDirectory.addresses(directory))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("cannot read " + file)
        .hasMessageContaining("delete it and start nescio again");
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> StateDirectory.open(file))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "cannot write to " + file + ": " + file + " is there already; choose another with --state");
    assertThatThrownBy(() -> StateDirectory.open(file.resolve("up")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot write to " + file.resolve("up"))
        .hasMessageEndingWith("; choose another with --state");
  }
}
