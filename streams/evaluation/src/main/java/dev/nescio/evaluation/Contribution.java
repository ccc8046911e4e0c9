package dev.nescio.evaluation;

import java.util.OptionalLong;

/**
 * What one answer adds to every window that it is in. A change of state takes the old contribution out and puts the new
 * one in.
 *
 * @param answer   the answer, without its text
 * @param labelled a label is in force
 * @param correct  its verdict; null without a label or when it says that the answer cannot be graded
 * @param late     labels about this answer that came too late
 * @param delay    microseconds from the answer to the label in force; negative when a clock was wrong
 * @param opinions what each kind of judge says
 */
record Contribution(
    AnswerFacts answer, boolean labelled, Boolean correct, int late, OptionalLong delay, Opinions opinions) {}
