package dev.nescio.standalone;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command in this process printed, and its exit code. */
record Ran(int code, String out, String err) {

  static Ran nescio(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) texts[i] = arguments[i].toString();
    int code = Nescio.run(texts, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Ran(code, out.toString(), err.toString());
  }
}
