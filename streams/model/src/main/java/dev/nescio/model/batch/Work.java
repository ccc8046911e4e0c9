package dev.nescio.model.batch;

import java.util.Collection;
import java.util.List;

/**
 * What there is to do, as a {@link Runner} looks at it to give out room. Views: they change with the batch.
 *
 * @param waiting texts without room yet, in order of arrival
 * @param reading texts that have it
 * @param read    prompts with samples that have not begun
 * @param growing samples that are being written
 */
public record Work<S extends Strand>(
    Collection<Feed<S>> waiting, List<Feed<S>> reading, List<PromptFeed<S>> read, List<Sample<S>> growing) {}
