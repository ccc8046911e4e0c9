/**
 * The monitoring page, its event stream, HTTP queries, health and Prometheus: everything is computed from the topics.
 *
 * <p>{@link dev.nescio.dashboard.TopicView} reads the topics on one thread and hands each record to the
 * {@link dev.nescio.dashboard.Section}s; a section folds and puts immutable {@link dev.nescio.dashboard.Update}s into
 * the {@link dev.nescio.dashboard.Hub}; the HTTP side reads only the hub and the sections' immutable views.
 */
package dev.nescio.dashboard;
