package dev.longrunning.rpc;

import dev.longrunning.filter.Dialect;
import dev.longrunning.filter.Filters;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Profile;
import java.util.Optional;
import java.util.function.Function;

/**
 * Collections, as lists and watches name them: by their name, or by their filter.
 *
 * <p><b>Promise.</b> The permission is asked of what will be read. Where only the filter names
 * that, what is wrong with it is said before: there is nothing to ask a permission of.
 */
record CollectionSubject<Q>(
    Filters filters,
    Function<Q, String> service,
    Function<Q, String> name,
    Function<Q, String> filter)
    implements Subject<Q> {
  @Override
  public Profile service(Call call, Q request) {
    return call.services().ofCollection(service.apply(request), name.apply(request));
  }

  @Override
  public Target target(Profile of, Q request) {
    var pattern = of.lists().collections("name", name.apply(request), told(of, request));
    return new Target.Collections(of, pattern);
  }

  private Optional<String> told(Profile of, Q request) {
    String text = filter.apply(request);
    if (text.length() > Dialect.LENGTH_MAX) {
      // Refused for that by who may list; here nobody is known to.
      return Optional.empty();
    }
    try {
      return filters.read(of.lists().dialect(), text).collection();
    } catch (Problem fault) {
      if (of.lists().areNamedByFilter()) {
        throw fault;
      }
      // It is read again, and refused, by who may list by name.
      return Optional.empty();
    }
  }
}
