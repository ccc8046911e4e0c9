package dev.nescio.evaluation;

/**
 * What each kind of judge says of one answer now; null where it says nothing or cannot tell.
 *
 * @param person people
 * @param judge  a judge model
 * @param grader a grader
 */
record Opinions(Boolean person, Boolean judge, Boolean grader) {

  static final Opinions NONE = new Opinions(null, null, null);
}
