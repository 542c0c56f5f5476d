package dev.longrunning.pages;

/** Text out of files, in which everything is seen: what is no character to show is U+FFFD. */
final class LegibleText {
  private static final int REPLACEMENT = 0xFFFD;

  private LegibleText() {}

  static String of(String text) {
    if (text.codePoints().allMatch(LegibleText::isShown)) {
      return text;
    }
    var shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> shown.appendCodePoint(isShown(c) ? c : REPLACEMENT));
    return shown.toString();
  }

  /** Not control characters, halves of characters, and what turns the order of others around. */
  private static boolean isShown(int c) {
    if (c >= ' ' && c <= '~') {
      return true;
    }
    boolean turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE && !turns;
  }
}
