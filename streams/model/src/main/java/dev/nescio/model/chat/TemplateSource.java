package dev.nescio.model.chat;

import java.util.Set;
import java.util.TreeSet;

/**
 * Jinja source with its white space and its precedence decided. Templates are written for {@code trim_blocks} and
 * {@code lstrip_blocks}, and with {@code {%-} and {@code -%}}; here all of it is applied to the text, by the rules of
 * Jinja's lexer, so that what is left means the same to Jinjava.
 */
final class TemplateSource {

  private final String source;
  private final StringBuilder result = new StringBuilder();
  private final Set<String> filters = new TreeSet<>();
  private int at;
  private boolean lineStarts = true; // what was read last ended a line

  private TemplateSource(String source) {
    this.source = source;
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException naming the line, when a tag is never closed
   */
  static TemplateSource of(String source) {
    String text = source.replace("\r\n", "\n").replace('\r', '\n');
    if (text.endsWith("\n")) text = text.substring(0, text.length() - 1);
    TemplateSource read = new TemplateSource(text);
    read.read();
    return read;
  }

  /** The same template, without comments and without need for white space control. */
  String text() {
    return result.toString();
  }

  /** Names of the filters that it uses: an engine that does not know one must not go on. */
  Set<String> filters() {
    return filters;
  }

  private void read() {
    while (at < source.length()) {
      int begin = nextBegin();
      if (begin < 0) {
        result.append(source, at, source.length());
        break;
      }
      char kind = source.charAt(begin + 1);
      char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
      text(before(source.substring(at, begin), kind, sign));
      int inner = begin + (sign == '-' || sign == '+' ? 3 : 2);
      int end = kind == '#' ? comment(inner) : expression(inner, kind == '{' ? '}' : '%');
      if (kind != '#') emit(kind, source.substring(inner, end));
      skipEnd(end, kind);
    }
  }

  private int nextBegin() {
    for (int i = at; i + 1 < source.length(); i++) {
      char next = source.charAt(i + 1);
      if (source.charAt(i) == '{' && (next == '{' || next == '%' || next == '#')) return i;
    }
    return -1;
  }

  /** Text before a tag, less what the tag takes of it. */
  private String before(String text, char kind, char sign) {
    if (sign == '-') return text.stripTrailing();
    if (sign == '+' || kind == '{') return text;
    int line = text.lastIndexOf('\n') + 1;
    boolean blank = text.substring(line).isBlank();
    return blank && (line > 0 || lineStarts) ? text.substring(0, line) : text;
  }

  /** A brace at the end must not become part of the next tag. */
  private void text(String plain) {
    if (plain.endsWith("{")) {
      result.append(plain, 0, plain.length() - 1).append("{{ '{' }}");
    } else {
      result.append(plain);
    }
  }

  private void emit(char kind, String inner) {
    boolean signed = inner.endsWith("-") || (kind == '%' && inner.endsWith("+"));
    String bare = signed ? inner.substring(0, inner.length() - 1) : inner;
    result.append('{').append(kind).append(' ').append(ExpressionSource.rewritten(bare.strip(), filters)).append(' ')
        .append(kind == '{' ? '}' : kind).append('}');
  }

  /** Goes behind a tag's end, with the white space that it takes. */
  private void skipEnd(int end, char kind) {
    char sign = source.charAt(end - 1);
    at = Math.min(end + 2, source.length());
    if (sign == '-') {
      while (at < source.length() && Character.isWhitespace(source.charAt(at))) at++;
    } else if (kind != '{' && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    lineStarts = source.charAt(at - 1) == '\n';
  }

  private int comment(int from) {
    int end = source.indexOf("#}", from);
    if (end < 0) throw unclosed(from);
    return end;
  }

  /** Place of a tag's end; strings and brackets inside may hold what looks like one. */
  private int expression(int from, char close) {
    int open = 0;
    for (int i = from; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\'' || c == '"') {
        i = ExpressionSource.afterString(source, i) - 1;
      } else if (open == 0 && c == close && i + 1 < source.length() && source.charAt(i + 1) == '}') {
        return i;
      } else if (c == '(' || c == '[' || c == '{') {
        open++;
      } else if (c == ')' || c == ']' || c == '}') {
        open--;
      }
    }
    throw unclosed(from);
  }

  private IllegalArgumentException unclosed(int from) {
    long line = 1 + source.substring(0, from).chars().filter(c -> c == '\n').count();
    return new IllegalArgumentException("what is opened in line " + line + " is never closed");
  }
}
