package dev.nescio.grading;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first number of a text with what stands behind it.
 *
 * @param value  in the base unit of its dimension, or as it stands without a known unit
 * @param unit   known unit; empty for none
 * @param rest   words behind number and unit, as {@link NormalText}
 * @param atHead true when nothing but a sign, a currency or a word such as "about" stands before it
 */
record Quantity(BigDecimal value, Optional<Unit> unit, List<String> rest, boolean atHead) {

  /**
   * Digits grouped by comma, apostrophe, space or no-break space; a point, or a comma that cannot group, is decimal.
   */
  private static final Pattern NUMBER = Pattern.compile("(?<![\\p{L}\\p{Nd}])(?<![\\p{Nd}][.,])([-\u2212]?)"
      + "(\\d{1,3}(?:[,'\u2019 \u00a0\u202f]\\d{3}){1,9}(?!\\d)|\\d{1,40})(?:[.](\\d{1,40})|,(\\d{1,2}(?!\\d)))?");
  private static final Pattern BEHIND = Pattern.compile("[\\s\u00a0\u202f-]*([\\p{L}%\u00b0\u00b2\u00b3]+)");
  private static final Pattern HEAD = Pattern.compile(
      "(?i)[\\s~\u2248$\u20ac\u00a3]*(about|approximately|around|roughly|circa|ca\\.?|some)?[\\s~$\u20ac\u00a3]*");
  private static final Map<String, Integer> POWERS = Map.of(
      "hundred", 2, "thousand", 3, "k", 3, "million", 6, "mn", 6, "billion", 9, "bn", 9, "trillion", 12);

  /** The first quantity of the first line that is not blank; empty without a number. */
  static Optional<Quantity> first(String text) {
    String line = text.strip().lines().findFirst().orElse("");
    Matcher number = NUMBER.matcher(line);
    if (!number.find()) return Optional.empty();
    String fraction = number.group(3) != null ? number.group(3) : number.group(4);
    BigDecimal value = new BigDecimal(number.group(2).replaceAll("\\D", "") + (fraction == null ? "" : "." + fraction));
    if (!number.group(1).isEmpty()) value = value.negate();
    int end = number.end();
    Matcher behind = BEHIND.matcher(line).region(end, line.length());
    if (behind.lookingAt() && POWERS.containsKey(behind.group(1).toLowerCase(Locale.ROOT))) {
      value = value.scaleByPowerOfTen(POWERS.get(behind.group(1).toLowerCase(Locale.ROOT)));
      end = behind.end();
      behind.region(end, line.length());
    }
    Optional<Unit> unit = behind.lookingAt() ? Unit.named(behind.group(1)) : Optional.empty();
    if (unit.isPresent()) {
      value = value.multiply(unit.get().factor());
      end = behind.end();
    }
    return Optional.of(new Quantity(value, unit, NormalText.words(line.substring(end)),
        HEAD.matcher(line.substring(0, number.start())).matches()));
  }

  /** A unit of measurement: quantities of one dimension can be compared. */
  record Unit(String dimension, BigDecimal factor) {

    private static final Map<String, Unit> BY_NAME = Map.ofEntries(
        entry("mm", "length", "0.001"), entry("millimetre", "length", "0.001"), entry("millimeter", "length", "0.001"),
        entry("cm", "length", "0.01"), entry("centimetre", "length", "0.01"), entry("centimeter", "length", "0.01"),
        entry("m", "length", "1"), entry("metre", "length", "1"), entry("meter", "length", "1"),
        entry("km", "length", "1000"), entry("kilometre", "length", "1000"), entry("kilometer", "length", "1000"),
        entry("inch", "length", "0.0254"), entry("inche", "length", "0.0254"), entry("foot", "length", "0.3048"),
        entry("feet", "length", "0.3048"), entry("ft", "length", "0.3048"), entry("yard", "length", "0.9144"),
        entry("mile", "length", "1609.344"), entry("mi", "length", "1609.344"),
        entry("mg", "mass", "0.000001"), entry("g", "mass", "0.001"), entry("gram", "mass", "0.001"),
        entry("kg", "mass", "1"), entry("kilogram", "mass", "1"), entry("tonne", "mass", "1000"),
        entry("lb", "mass", "0.45359237"), entry("pound", "mass", "0.45359237"),
        entry("sec", "time", "1"), entry("second", "time", "1"), entry("min", "time", "60"),
        entry("minute", "time", "60"), entry("hour", "time", "3600"), entry("day", "time", "86400"),
        entry("week", "time", "604800"),
        entry("%", "share", "1"), entry("percent", "share", "1"),
        entry("\u00b0c", "celsius", "1"), entry("\u00b0f", "fahrenheit", "1"),
        entry("km\u00b2", "area", "1000000"), entry("m\u00b2", "area", "1"));

    /** The unit of this name, in singular or plural; empty for any other word. */
    static Optional<Unit> named(String word) {
      String lower = word.toLowerCase(Locale.ROOT);
      Unit unit = BY_NAME.get(lower);
      if (unit == null && lower.length() > 2 && lower.endsWith("s")) {
        unit = BY_NAME.get(lower.substring(0, lower.length() - 1));
      }
      return Optional.ofNullable(unit);
    }

    private static Map.Entry<String, Unit> entry(String name, String dimension, String factor) {
      return Map.entry(name, new Unit(dimension, new BigDecimal(factor)));
    }
  }
}
