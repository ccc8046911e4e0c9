package dev.nescio.trainer.service;

import java.util.Locale;

/** The steps of a night, in order. */
public enum NightStep {
  DATASET,
  KNOWLEDGE,
  WEIGHTS,
  FINETUNE,
  THRESHOLD,
  GATE,
  RELEASE;

  /** As it stands on progress records. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Position from 1. */
  public int number() {
    return ordinal() + 1;
  }
}
