package dev.nescio.model.engine;

import dev.nescio.model.batch.Strand;

/** A sequence on the engine: a row of a slab, which the samples of a prompt may hold with it one after the other. */
final class TorchStrand implements Strand {

  private final TorchModel model;
  private Slab.Row row; // null without room
  private int length;

  TorchStrand(TorchModel model) {
    this.model = model;
  }

  private TorchStrand(TorchModel model, Slab.Row row, int length) {
    this.model = model;
    this.row = row;
    this.length = length;
  }

  @Override
  public TorchModel model() {
    return model;
  }

  @Override
  public int length() {
    return length;
  }

  Slab.Row row() {
    return row;
  }

  /** Gives room to one that has none. */
  void place(Slab.Row given) {
    row = given;
  }

  void extend(int tokens) {
    length += tokens;
    row.grow(length);
  }

  /** Another that goes on from here in the same row; what it writes stands behind what this one has. */
  TorchStrand continued() {
    row.retain();
    return new TorchStrand(model, row, length);
  }

  /** Another that goes on from here in a row of its own, to which this one's slots were copied. */
  TorchStrand copied(Slab.Row to) {
    to.grow(length);
    return new TorchStrand(model, to, length);
  }

  @Override
  public void close() {
    if (row == null) return;
    row.release();
    row = null;
  }
}
