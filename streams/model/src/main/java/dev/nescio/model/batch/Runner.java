package dev.nescio.model.batch;

import dev.nescio.model.generation.Distribution;
import dev.nescio.model.local.HeldMemory;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What computes the runs of a {@link ContinuousBatch} and holds keys and values. Used by one thread.
 *
 * @param <S> how it keeps a sequence
 */
public interface Runner<S extends Strand> extends AutoCloseable {

  /**
   * Finds room for a text that is to be read; it is the text's until its strand is closed. A single text is run even if
   * it needs more than there is.
   *
   * @return false if it has to wait
   */
  boolean admit(Feed<S> text, Work<S> work);

  /** True if another text that is being read computes more of this one's beginning than is known so far. */
  boolean mustWait(Feed<S> text, List<Feed<S>> reading);

  /** Lets the strand of an admitted text begin with what is known of it. */
  void begin(Feed<S> text);

  /**
   * Lets another sample go on from a prompt that was read. The last sample takes the prompt's strand over.
   *
   * @return empty if it has to wait; never while nothing else is at work
   */
  Optional<S> sample(PromptFeed<S> prompt, Work<S> work);

  /**
   * Computes new tokens and adds them to their strands.
   *
   * @param pieces of one {@link LoadedModel#weights}; those of samples before those of texts
   * @return the wanted distributions in the order of pieces and tokens, valid until the next run
   */
  List<? extends Distribution> run(List<Piece<S>> pieces);

  /** Keeps the beginning of a text that was read, if it is worth it. */
  void keep(Feed<S> text);

  /** Lets go of beginnings until their bound is kept. */
  void trim();

  /** Forgets what was computed with a model that nobody can ask for any more. */
  void forget(LoadedModel model);

  /** Memory of kept beginnings, bytes. */
  long prefixBytes();

  /** What is held now. */
  HeldMemory held();

  /** Does tasks 0 to {@code tasks - 1}, in any order and on any threads; throws what one threw. */
  default void each(int tasks, IntConsumer task) {
    for (int i = 0; i < tasks; i++) task.accept(i);
  }

  /** Frees all memory; nothing is at work any more. */
  @Override
  void close();
}
