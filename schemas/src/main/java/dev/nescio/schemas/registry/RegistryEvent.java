package dev.nescio.schemas.registry;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A change of the embedded registry; one line of its log. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RegistryEvent.Registered.class, name = "register"),
    @JsonSubTypes.Type(value = RegistryEvent.Deleted.class, name = "delete"),
    @JsonSubTypes.Type(value = RegistryEvent.LevelSet.class, name = "config"),
    @JsonSubTypes.Type(value = RegistryEvent.ModeSet.class, name = "mode")
})
sealed interface RegistryEvent {

  /** A version was made. */
  record Registered(String subject, int version, int id, String schema) implements RegistryEvent {}

  /** A version was deleted; permanently when it had been before. */
  record Deleted(String subject, int version, boolean permanent) implements RegistryEvent {}

  /** A level was set, or unset by null; the empty subject is everywhere. */
  record LevelSet(String subject, CompatibilityLevel level) implements RegistryEvent {}

  /** A mode was set, or unset by null; the empty subject is everywhere. */
  record ModeSet(String subject, Mode mode) implements RegistryEvent {}

  /** Whether new versions are taken. */
  enum Mode { READWRITE, READONLY }
}
