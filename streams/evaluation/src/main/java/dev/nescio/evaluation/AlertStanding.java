package dev.nescio.evaluation;

/**
 * Where an alert of one slice and detector stands.
 *
 * @param openedMinute minute since 1970 that it was opened in; {@value #CLOSED} while there is none
 * @param calm         looks in a row that would close it
 */
record AlertStanding(long openedMinute, int calm) {

  static final long CLOSED = -1;

  static final AlertStanding QUIET = new AlertStanding(CLOSED, 0);

  private static final int VERSION = 1;

  boolean open() {
    return openedMinute != CLOSED;
  }

  byte[] toBytes() {
    return new FieldWriter().version(VERSION).number(openedMinute).number(calm).toBytes();
  }

  static AlertStanding fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("alert", VERSION);
    return new AlertStanding(in.number(), in.count());
  }
}
