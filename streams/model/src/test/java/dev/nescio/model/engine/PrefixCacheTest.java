package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.generation.TokenIds;
import dev.nescio.model.torch.Torch;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {

  private final NDManager manager = Torch.newManager();
  private final PrefixCache cache = new PrefixCache(100);

  @AfterEach
  void close() {
    cache.close();
    manager.close();
  }

  @Test
  void freesTheLeastRecentlyUsedFirst() {
    cache.put(Optional.empty(), new TokenIds(1), array());
    cache.put(Optional.empty(), new TokenIds(2), array());
    NDArray third = array();
    cache.put(Optional.empty(), new TokenIds(3), third);
    assertThat(cache.longest(Optional.empty(), new int[] {1}, 1)).isPresent();
    assertThat(cache.bytes()).isEqualTo(120);
    cache.trim();
    assertThat(cache.bytes()).isEqualTo(80);
    assertThat(cache.longest(Optional.empty(), new int[] {2}, 1)).isEmpty();
    assertThat(cache.longest(Optional.empty(), new int[] {3}, 1)).contains(new PrefixCache.Found(third, 1));
  }

  @Test
  void findsWhatHasMostInCommon() {
    NDArray longer = array();
    cache.put(Optional.empty(), new TokenIds(1, 2), array());
    cache.put(Optional.empty(), new TokenIds(1, 2, 3, 4), longer);
    assertThat(cache.longest(Optional.empty(), new int[] {1, 2, 3, 9, 9}, 5))
        .contains(new PrefixCache.Found(longer, 3));
    assertThat(cache.longest(Optional.empty(), new int[] {1, 2, 3, 4, 9}, 2).orElseThrow().tokens()).isEqualTo(2);
    assertThat(cache.longest(Optional.empty(), new int[] {2, 2}, 2)).isEmpty();
  }

  @Test
  void keepsAdaptersApart() {
    cache.put(Optional.of("a"), new TokenIds(1), array());
    cache.put(Optional.empty(), new TokenIds(1), array());
    cache.drop("a");
    assertThat(cache.longest(Optional.of("a"), new int[] {1}, 1)).isEmpty();
    assertThat(cache.longest(Optional.empty(), new int[] {1}, 1)).isPresent();
    assertThat(cache.bytes()).isEqualTo(40);
  }

  @Test
  void replacingFreesTheOldOne() {
    NDArray old = array();
    cache.put(Optional.empty(), new TokenIds(1), old);
    cache.put(Optional.empty(), new TokenIds(1), array());
    assertThat(cache.bytes()).isEqualTo(40);
    assertThat(cache.fits(100)).isTrue();
    assertThat(cache.fits(101)).isFalse();
  }

  private NDArray array() {
    return manager.zeros(new Shape(10));
  }
}
