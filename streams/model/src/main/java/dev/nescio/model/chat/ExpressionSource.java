package dev.nescio.model.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * An expression of Jinja, written so that Jinjava reads it as Jinja does: {@code not} binds looser than comparisons and
 * tests ({@code not x is defined} is {@code not (x is defined)}), named arguments bind loosest of all ({@code f(n=a -
 * 1)}), and {@code [::-1]} turns a list or a text round.
 */
final class ExpressionSource {

  private static final String REVERSED = "[::-1]";
  private static final Set<String> ENDS_NOT = Set.of("and", "or", "if", "else");

  private final String source;
  private final Set<String> filters;
  private final StringBuilder result = new StringBuilder();
  private final Deque<Group> groups = new ArrayDeque<>(); // brackets that were opened here and not there
  private int depth;
  private String lastWord = "";

  private enum Kind {
    NEGATION,
    NAMED_ARGUMENT
  }

  private record Group(Kind kind, int depth) {}

  private ExpressionSource(String source, Set<String> filters) {
    this.source = source;
    this.filters = filters;
  }

  /**
   * @param source  what stands between the signs of a tag, or in a statement after its name
   * @param filters gets the names of the filters that are used
   */
  static String rewritten(String source, Set<String> filters) {
    return new ExpressionSource(source, filters).read();
  }

  /** Place after a string that begins at a place. */
  static int afterString(String source, int from) {
    int i = from + 1;
    while (i < source.length() && source.charAt(i) != source.charAt(from)) i += source.charAt(i) == '\\' ? 2 : 1;
    return Math.min(i + 1, source.length());
  }

  private String read() {
    int i = 0;
    while (i < source.length()) {
      char c = source.charAt(i);
      int end = i + 1;
      if (c == '\'' || c == '"') {
        end = afterString(source, i);
        copy(i, end);
      } else if (Character.isJavaIdentifierStart(c)) {
        end = afterWord(i);
        word(source.substring(i, end), end);
      } else if (source.startsWith(REVERSED, i)) {
        end = i + REVERSED.length();
        result.append(".reversed()");
      } else {
        sign(c, i);
      }
      i = end;
    }
    endGroups(true);
    return result.toString();
  }

  private void word(String word, int end) {
    if (ENDS_NOT.contains(word)) endGroups(false);
    result.append(word);
    if (word.equals("not") && !lastWord.equals("is") && !wordAfter(end).equals("in")) {
      groups.push(new Group(Kind.NEGATION, depth));
      result.append(" (");
    }
    lastWord = word;
  }

  private void sign(char c, int place) {
    if (c == ')' || c == ']' || c == '}' || c == ',' || c == ':') endGroups(true);
    if (c == '(' || c == '[' || c == '{') depth++;
    if (c == ')' || c == ']' || c == '}') depth--;
    if (c == '|') filters.add(wordAfter(place + 1));
    boolean assigns = c == '=' && depth > 0 && !lastWord.isEmpty() && source.charAt(place + 1) != '='
        && !source.startsWith("macro "); // Jinjava reads a macro's parameters without brackets
    if (!Character.isWhitespace(c)) lastWord = "";
    result.append(c);
    if (assigns) {
      groups.push(new Group(Kind.NAMED_ARGUMENT, depth));
      result.append('(');
    }
  }

  /** Closes what was opened at this depth: negations, and at the end of an argument the argument too. */
  private void endGroups(boolean arguments) {
    while (!groups.isEmpty() && groups.peek().depth() == depth
        && (arguments || groups.peek().kind() == Kind.NEGATION)) {
      groups.pop();
      while (Character.isWhitespace(result.charAt(result.length() - 1))) result.setLength(result.length() - 1);
      result.append(") ");
    }
  }

  private String wordAfter(int from) {
    int begin = from;
    while (begin < source.length() && Character.isWhitespace(source.charAt(begin))) begin++;
    return source.substring(begin, afterWord(begin));
  }

  private int afterWord(int from) {
    int end = from;
    while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) end++;
    return end;
  }

  private void copy(int from, int to) {
    result.append(source, from, to);
    lastWord = "";
  }
}
