package dev.longrunning.profile;

import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * To which collection an operation belongs: the resource that is listed, watched and authorised.
 *
 * <p><b>Promise.</b> Fixed when the operation starts. What has no collection is {@link Problem}
 * INVALID that says which part decides.
 */
public sealed interface CollectionRule {
  /** The collection of a name that the service's {@link Names} let through. */
  String of(String name, Map<String, String> labels);

  /** How it comes to a collection, for people. */
  Derivation derivation();

  /**
   * How a collection is derived.
   *
   * @param from what of, in words
   * @param pattern that this is read by; empty: it is not
   * @param form of the collection; empty: it is what was found
   */
  record Derivation(String from, String pattern, String form) {}

  /**
   * The collection of a name, if the name alone says it; else only the operation knows.
   *
   * @throws Problem INVALID if the name says none
   */
  default Optional<String> ofName(String name) {
    return Optional.of(of(name, Map.of()));
  }

  /** Whether an operation of this name may be started on the path of {@code parent}. */
  default boolean isBelow(String parent, String name) {
    return name.startsWith(parent + '/');
  }

  /** What is before {@code /operations/} or, in other names, before the last segment. */
  record Parent() implements CollectionRule {
    @Override
    public Derivation derivation() {
      return new Derivation(
          "what its name has before /operations/ or, without that, before the last segment",
          "",
          "");
    }

    @Override
    public String of(String name, Map<String, String> labels) {
      String parent = OperationName.collectionOf(name);
      int last = name.lastIndexOf('/');
      return parent.isEmpty() && last > 0
          ? OperationName.collectionIn(name.substring(0, last))
          : parent;
    }

    @Override
    public boolean isBelow(String parent, String name) {
      return of(name, Map.of()).equals(parent);
    }
  }

  /** What a pattern of the name says. */
  record OfName(PathTemplate pattern, Form form) implements CollectionRule {
    @Override
    public Derivation derivation() {
      return new Derivation("its name", pattern.toString().substring(1), form.text());
    }

    @Override
    public String of(String name, Map<String, String> labels) {
      return pattern
          .match(List.of(name.split("/", -1)))
          .flatMap(form::of)
          .orElseThrow(() -> Problem.invalid("name", name, pattern.toString().substring(1)));
    }
  }

  /** What a pattern of the id says, once it is decoded from unpadded base64url. */
  record OfDecodedId(PathTemplate pattern, Form form) implements CollectionRule {
    @Override
    public Derivation derivation() {
      return new Derivation(
          "its id, decoded from base64url without padding",
          pattern.toString().substring(1),
          form.text());
    }

    @Override
    public String of(String name, Map<String, String> labels) {
      String id = name.substring(name.lastIndexOf('/') + 1);
      return decoded(id)
          .map(text -> List.of(text.split("/", -1)))
          .filter(segments -> segments.stream().noneMatch(String::isEmpty))
          .flatMap(pattern::match)
          .flatMap(form::of)
          .orElseThrow(
              () ->
                  Problem.invalid(
                      "name",
                      name,
                      "an id that is base64url of " + pattern.toString().substring(1)));
    }

    private static Optional<String> decoded(String id) {
      try {
        var bytes = Base64.getUrlDecoder().decode(id);
        var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        return Optional.of(text.toString());
      } catch (IllegalArgumentException | CharacterCodingException e) {
        return Optional.empty();
      }
    }
  }

  /** What labels say that the operation starts with. */
  record OfLabels(Form form) implements CollectionRule {
    @Override
    public Derivation derivation() {
      return new Derivation("the labels that it starts with", "", form.text());
    }

    @Override
    public Optional<String> ofName(String name) {
      return Optional.empty();
    }

    @Override
    public String of(String name, Map<String, String> labels) {
      return form.of(labels)
          .orElseThrow(
              () ->
                  Problem.invalid(
                      "labels",
                      labels.keySet(),
                      String.join(" and ", form.variables())
                          + ": operations of this service are listed by them"));
    }
  }
}
