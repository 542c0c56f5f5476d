package dev.longrunning.pages;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

/** Values in words. */
final class Words {
  private Words() {}

  static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  static String number(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** One of a thing, or more. */
  static String counted(int count, String one, String more) {
    return number(count) + ' ' + (count == 1 ? one : more);
  }
}
