package dev.longrunning.operation;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The identity of an operation: names are unique within a service only.
 *
 * @param service the service that the operation belongs to; holds no {@code /}
 * @param name the whole resource name, such as {@code projects/p/operations/o}
 */
public record OperationKey(String service, String name) {
  /**
   * Write lanes. Part of the stored data: changing it would move every operation. More of them
   * would make batches smaller; fewer would leave the database idle while one waits for the disk.
   */
  public static final int LANES = 4;

  /** The service of every operation while no profile says otherwise. */
  public static final String DEFAULT_SERVICE = "default";

  public static OperationKey of(String name) {
    return new OperationKey(DEFAULT_SERVICE, name);
  }

  /** Reads what {@link #text()} wrote. */
  public static OperationKey parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalStateException("not the text of a key: " + Problem.shown(text));
    }
    return new OperationKey(text.substring(0, slash), text.substring(slash + 1));
  }

  /**
   * The lane whose lock orders all changes of this operation: CRC-32C of the text, mod {@value
   * #LANES}.
   */
  public int lane() {
    var sum = new CRC32C();
    sum.update(text().getBytes(StandardCharsets.UTF_8));
    // The low bits of a CRC are linear in the input; folding the high half in spreads short names.
    long value = sum.getValue();
    return (int) ((value ^ (value >>> 16)) & (LANES - 1));
  }

  /** One string for both parts, as the change log stores it. */
  public String text() {
    return service + '/' + name;
  }
}
