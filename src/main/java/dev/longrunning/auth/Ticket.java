package dev.longrunning.auth;

import dev.longrunning.operation.OperationName;

/**
 * What the bearer of a watch token may look at, and nothing else.
 *
 * @param name of one operation, or of a collection, without a trailing {@code /operations}
 */
public record Ticket(String service, String name, boolean collection) {
  /** Whether it is for this operation. */
  public boolean admitsOperation(String ofService, String operation, String itsCollection) {
    return service.equals(ofService)
        && (collection ? name.equals(itsCollection) : name.equals(operation));
  }

  /** Whether it is for this collection, or this pattern. */
  public boolean admitsCollection(String ofService, String pattern) {
    return collection && service.equals(ofService) && name.equals(pattern);
  }

  /** Without what may follow the name of a collection. */
  public static Ticket ofCollection(String service, String name) {
    return new Ticket(service, OperationName.collection("name", name), true);
  }
}
