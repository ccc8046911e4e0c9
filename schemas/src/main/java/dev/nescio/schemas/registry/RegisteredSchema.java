package dev.nescio.schemas.registry;

import org.apache.avro.Schema;

/**
 * A schema as the registry holds it.
 *
 * @param subject name it is registered under
 * @param version from 1, within the subject
 * @param id      global; equal schemas share one
 * @param schema  the schema
 */
public record RegisteredSchema(String subject, int version, int id, Schema schema) {}
