package dev.longrunning.filter;

import dev.longrunning.operation.Snapshot;

/**
 * Which operations are wanted.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Filter {
  /** Everything. */
  public static final Filter NONE = new Filter(Node.EVERYTHING, true);

  private final Node node;
  private final boolean paged;

  private Filter(Node node, boolean paged) {
    this.node = node;
    this.paged = paged;
  }

  static Filter of(Node node) {
    return new Filter(node, true);
  }

  /** One of whose list there is the first page only. */
  static Filter unpaged(Node node) {
    return new Filter(node, false);
  }

  /** Whether an operation is wanted: this decides, for lists and watches. */
  public boolean matches(Snapshot snapshot, Payloads payloads) {
    return node.matches(new View(snapshot, payloads));
  }

  /** What a database can leave out, by its columns alone: nothing that {@link #matches}. */
  public Narrowing narrowing() {
    return node.over();
  }

  /** Whether the narrowing lets through nothing but what matches. */
  public boolean isExact() {
    return node.isExact();
  }

  /** Whether everything matches, whatever it is. */
  public boolean isEverything() {
    return node.equals(Node.EVERYTHING);
  }

  /** Whether a list goes on from page to page: of some dialects' filters it has one only. */
  public boolean isPaged() {
    return paged;
  }
}
