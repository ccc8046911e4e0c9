package dev.nescio.model.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Settings of the OpenMP runtime, which reads the environment once, when libtorch is loaded.
 *
 * <p>Its threads wait for each other by spinning, for milliseconds by default. In a process whose cores do other work
 * too, each waits for one that does not run, and decoding was seen to become ten times slower; a short spin still covers
 * the gaps between operations.
 */
final class OpenMp {

  private static final String SPIN_COUNT = "GOMP_SPINCOUNT";
  private static final String SHORT_SPIN = "1000";

  private OpenMp() {}

  /**
   * Shortens the spin, unless the user has set it; has no effect once libtorch is loaded or where there is no {@code
   * setenv}.
   */
  static void spinBriefly() {
    Optional<MemorySegment> setenv = Linker.nativeLinker().defaultLookup().find("setenv");
    if (setenv.isEmpty()) return;
    MethodHandle call = Linker.nativeLinker().downcallHandle(setenv.get(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int code = (int) call.invokeExact(arena.allocateFrom(SPIN_COUNT), arena.allocateFrom(SHORT_SPIN), 0);
      if (code != 0) throw new IllegalStateException("setenv " + SPIN_COUNT + " returned " + code);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of setenv throws nothing", e);
    }
  }
}
