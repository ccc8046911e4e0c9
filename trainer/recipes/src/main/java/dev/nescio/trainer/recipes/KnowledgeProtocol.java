package dev.nescio.trainer.recipes;

/** How knowledge samples are asked. A score is only comparable with scores of the same protocol. */
public enum KnowledgeProtocol {

  /** The base model after three random solved examples (KWT, arXiv 2604.05779, section 3.1). */
  BASE_FEWSHOT("base-fewshot"),

  /** A model briefly tuned on the other half of the items, with the prompt that is used live. */
  CROSS_FITTED("cross-fitted");

  private final String id;

  KnowledgeProtocol(String id) {
    this.id = id;
  }

  /** The name in configuration, tags and reports. */
  public String id() {
    return id;
  }

  /** @throws IllegalArgumentException naming the known protocols */
  public static KnowledgeProtocol named(String id) {
    for (KnowledgeProtocol protocol : values()) {
      if (protocol.id.equals(id)) return protocol;
    }
    throw new IllegalArgumentException("no protocol " + id + "; there are base-fewshot and cross-fitted");
  }
}
