package dev.nescio.evaluation;

/** Where an answer belongs: the parts that slices and calibrators are keyed by. */
record Origin(
    String tenant, String domain, String modelVersion, String modelDigest, String policyVersion, String estimator) {

  void write(FieldWriter out) {
    out.text(tenant).text(domain).text(modelVersion).text(modelDigest).text(policyVersion).text(estimator);
  }

  static Origin read(FieldReader in) {
    return new Origin(in.text(), in.text(), in.text(), in.text(), in.text(), in.text());
  }
}
