package dev.nescio.evaluation;

/** Where an answer belongs: the parts that slices and calibrators are keyed by. */
record Origin(
    String tenant, String domain, String modelVersion, String modelDigest, String policyVersion, String estimator) {

  void write(FieldWriter out) {
    out.word(tenant).word(domain).word(modelVersion).word(modelDigest).word(policyVersion).word(estimator);
  }

  static Origin read(FieldReader in) {
    return new Origin(in.word(), in.word(), in.word(), in.word(), in.word(), in.word());
  }
}
