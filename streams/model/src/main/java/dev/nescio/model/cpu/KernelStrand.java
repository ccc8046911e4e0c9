package dev.nescio.model.cpu;

import dev.nescio.model.batch.Strand;
import dev.nescio.model.kernel.KvSequence;

/** A sequence in the kernels' blocks. */
final class KernelStrand implements Strand {

  private final KernelModel model;
  private KvSequence kv; // null until begun

  KernelStrand(KernelModel model) {
    this.model = model;
  }

  @Override
  public KernelModel model() {
    return model;
  }

  void begin(KvSequence known) {
    kv = known;
  }

  KvSequence kv() {
    return kv;
  }

  @Override
  public int length() {
    return kv == null ? 0 : kv.length();
  }

  /** Another that goes on from here. */
  KernelStrand fork() {
    KernelStrand fork = new KernelStrand(model);
    fork.begin(kv.fork());
    return fork;
  }

  @Override
  public void close() {
    if (kv != null) kv.close();
  }
}
