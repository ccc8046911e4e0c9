package dev.nescio.platform;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs a test class once on each {@link PlatformKind}, given to its constructor or to a field with {@code @Parameter}.
 * The tag {@code platform} selects all such classes.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("platform")
@ParameterizedClass(name = "on {0}")
@EnumSource(PlatformKind.class)
public @interface OnEachPlatform {}
