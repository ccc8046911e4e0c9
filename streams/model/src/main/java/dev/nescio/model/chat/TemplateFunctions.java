package dev.nescio.model.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.Set;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;

/** Jinjava as chat templates expect Jinja to be. */
final class TemplateFunctions {

  /** Name of the clock among the bindings; no template can spell it. */
  static final String CLOCK = " clock";

  private TemplateFunctions() {}

  static Jinjava newEngine() {
    Jinjava engine = new Jinjava(JinjavaConfig.newBuilder()
        .withNestedInterpretationEnabled(false) // else markup typed by users would be run
        .withLegacyOverrides(LegacyOverrides.newBuilder().withEvaluateMapKeys(true).withIterateOverMapKeys(true)
            .withUseNaturalOperatorPrecedence(true).withKeepNullableLoopValues(true).build())
        .withElResolver(resolver())
        .withEnableRecursiveMacroCalls(true)
        .withMaxMacroRecursionDepth(100)
        .build());
    Context context = engine.getGlobalContext();
    context.registerFunction(
        new ELFunctionDefinition("", "raise_exception", TemplateFunctions.class, "refuse", String.class));
    context.registerFunction(
        new ELFunctionDefinition("", "strftime_now", TemplateFunctions.class, "now", String.class));
    context.registerFilter(new PythonJson());
    context.registerFilter(new ItemsFilter());
    context.registerTag(new GenerationTag());
    return engine;
  }

  /** An unknown filter would give nothing, without an error. */
  static void requireKnown(Set<String> filters, Jinjava engine) {
    for (String name : filters) {
      if (engine.getGlobalContext().getFilter(name) == null) {
        throw new IllegalArgumentException("it uses the filter '" + name + "', which is not known here");
      }
    }
  }

  /** {@code raise_exception(message)}. */
  public static Object refuse(String message) {
    throw new RefusedException(message);
  }

  /** {@code strftime_now(format)}. */
  public static String now(String format) {
    Clock clock = (Clock) JinjavaInterpreter.getCurrent().getContext().get(CLOCK);
    return StrftimeFormatter.format(ZonedDateTime.now(clock), format);
  }

  private static ELResolver resolver() {
    CompositeELResolver all = new CompositeELResolver();
    all.add(new PythonStrings());
    all.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    return all;
  }
}
