package dev.longrunning.operation;

/**
 * Which text can be stored and shown again as it came: what names, labels and lines are made of.
 */
public final class PlainText {
  /** For the part of a message that says what is allowed. */
  public static final String ALLOWED = "text without control characters and unpaired surrogates";

  private PlainText() {}

  /**
   * Whether {@code text} is free of control characters (PostgreSQL stores no NUL) and of unpaired
   * surrogates (they have no UTF-8 form, so what is stored would differ from what came).
   */
  public static boolean isPlain(CharSequence text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        boolean paired =
            Character.isHighSurrogate(c)
                && i + 1 < length
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!paired) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
