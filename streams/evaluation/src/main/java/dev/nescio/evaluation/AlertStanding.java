package dev.nescio.evaluation;

/**
 * Where an alert of one slice and detector stands.
 *
 * @param open  true while it is open
 * @param since minute since 1970 that it was opened or closed in; 0 if it never was
 * @param calm  looks in a row that would close it; 0 while it is closed
 */
record AlertStanding(boolean open, long since, int calm) {

  static final AlertStanding QUIET = new AlertStanding(false, 0, 0);

  private static final int VERSION = 1;
  private static final long CLOSED = -1;

  static AlertStanding opened(long minute) {
    return new AlertStanding(true, minute, 0);
  }

  static AlertStanding closed(long minute) {
    return new AlertStanding(false, minute, 0);
  }

  /** After a look at an open one. */
  AlertStanding looked(boolean wasCalm) {
    return new AlertStanding(open, since, wasCalm ? calm + 1 : 0);
  }

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().version(VERSION);
    return (open ? out.number(since).number(calm) : out.number(CLOSED).number(since)).toBytes();
  }

  static AlertStanding fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("alert", VERSION);
    long since = in.number();
    return since == CLOSED ? closed(in.number()) : new AlertStanding(true, since, in.count());
  }
}
