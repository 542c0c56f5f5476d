package dev.longrunning.rpc;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.profile.Profile;

/** What a request is about, as far as it says so itself. */
sealed interface Target {
  Profile service();

  /** As the caller named it. */
  String name();

  /** As a refusal names it. */
  default String resource() {
    return name().isEmpty() ? service().id() : service().id() + '/' + name();
  }

  /** One operation, which need not exist. */
  record Operation(Profile service, String name) implements Target {}

  /** All operations of some collections. */
  record Collections(Profile service, CollectionPattern pattern) implements Target {
    @Override
    public String name() {
      return pattern.text();
    }
  }

  /** A collection that something is to be put into. */
  record Place(Profile service, String name) implements Target {}
}
