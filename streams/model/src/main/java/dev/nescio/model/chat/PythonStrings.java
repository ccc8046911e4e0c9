package dev.nescio.model.chat;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;

/**
 * The methods of Python's {@code str} that chat templates call, and {@code reversed} for texts and lists, which
 * {@link ExpressionSource} writes. Others are left to Java's.
 */
final class PythonStrings extends ELResolver {

  @Override
  public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    if (base instanceof List<?> list && "reversed".equals(method)) {
      context.setPropertyResolved(true);
      return new ArrayList<>(list.reversed());
    }
    if (!(base instanceof String text)) return null;
    Object result = call(text, String.valueOf(method), arguments == null ? new Object[0] : arguments);
    if (result != null) context.setPropertyResolved(true);
    return result;
  }

  private static Object call(String text, String method, Object[] arguments) {
    String first = arguments.length > 0 ? String.valueOf(arguments[0]) : null;
    return switch (method) {
      case "strip" -> strip(text, first, true, true);
      case "lstrip" -> strip(text, first, true, false);
      case "rstrip" -> strip(text, first, false, true);
      case "startswith" -> text.startsWith(first);
      case "endswith" -> text.endsWith(first);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> capitalized(text);
      case "title" -> Pattern.compile("\\p{L}+").matcher(text).replaceAll(m -> capitalized(m.group()));
      case "find" -> (long) text.indexOf(first);
      case "count" -> (long) (text.length() - text.replace(first, "").length()) / Math.max(1, first.length());
      case "split" -> split(text, first, arguments.length > 1 ? ((Number) arguments[1]).intValue() : -1);
      case "splitlines" -> new ArrayList<>(text.lines().toList());
      case "reversed" -> new StringBuilder(text).reverse().toString();
      case "replace" -> text.replace(first, String.valueOf(arguments[1]));
      default -> null;
    };
  }

  /** Without the given characters, or without white space, at the ends that are asked for. */
  private static String strip(String text, String characters, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && goes(text.charAt(from), characters)) from++;
    while (right && from < to && goes(text.charAt(to - 1), characters)) to--;
    return text.substring(from, to);
  }

  private static boolean goes(char c, String characters) {
    // Python's str.isspace also has the separators and the no-break spaces.
    return characters == null
        ? Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085'
        : characters.indexOf(c) >= 0;
  }

  private static String capitalized(String text) {
    if (text.isEmpty()) return text;
    int end = text.offsetByCodePoints(0, 1);
    return text.substring(0, end).toUpperCase(Locale.ROOT) + text.substring(end).toLowerCase(Locale.ROOT);
  }

  private static List<Object> split(String text, String separator, int most) {
    if (separator == null) {
      String inner = strip(text, null, true, true);
      return inner.isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList((Object[]) inner.split("\\s+")));
    }
    return new ArrayList<>(Arrays.asList((Object[]) text.split(Pattern.quote(separator), most < 0 ? -1 : most + 1)));
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {}

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return Collections.emptyIterator();
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return null;
  }
}
