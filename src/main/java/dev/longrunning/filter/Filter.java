package dev.longrunning.filter;

import dev.longrunning.operation.Snapshot;
import java.util.Optional;

/**
 * Which operations are wanted.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Filter {
  /** Everything. */
  public static final Filter NONE = of(Node.EVERYTHING);

  private final Node node;
  private final boolean paged;
  private final Optional<String> collection;
  private final String text;

  private Filter(Node node, boolean paged, Optional<String> collection, String text) {
    this.node = node;
    this.paged = paged;
    this.collection = collection;
    this.text = text;
  }

  static Filter of(Node node) {
    return new Filter(node, true, Optional.empty(), "");
  }

  /** The same, of whose list there is the first page only. */
  Filter unpaged() {
    return new Filter(node, false, collection, text);
  }

  /** The same, of a collection, or of all that a pattern matches. */
  Filter in(String collections) {
    return new Filter(node, paged, Optional.of(collections), text);
  }

  /** The same, that remembers how it was written. */
  public Filter written(String words) {
    return new Filter(node, paged, collection, words);
  }

  /** How it was written, for people; empty: it does not remember. */
  public String text() {
    return text;
  }

  /** The collections that the filter itself names; empty: it names none. */
  public Optional<String> collection() {
    return collection;
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
