package dev.longrunning.pages;

import dev.longrunning.operation.Problem;
import dev.longrunning.pages.Block.Cell;
import dev.longrunning.pages.Block.Table;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.Services;
import dev.longrunning.types.TypeLookup;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pages about the services that are active.
 *
 * <p><b>Promise.</b> A page shows what is known when it is asked for, types included.
 *
 * <p><b>Threads.</b> Any. Nothing blocks; the largest page of those shipped takes some 10 ms, or 80
 * if it is the first.
 *
 * <p><b>Bounds.</b> A page is as long as its service's file makes it, and the fields of its types:
 * see {@link TypesSection}.
 */
public final class ServicePages {
  /** Where the first page is; the others are below it. */
  public static final String PATH = "/services";

  private static final List<String> COLUMNS = List.of("Service", "Called here", "Hosts", "File");

  private final Services services;
  private final Supplier<Optional<TypeLookup>> types;

  /**
   * Takes what there is to show.
   *
   * @param types asked once for each page; empty: they are still being read
   */
  public ServicePages(Services services, Supplier<Optional<TypeLookup>> types) {
    this.services = services;
    this.types = types;
  }

  /** All services, with a link to each. */
  public Page index() {
    var rows = services.profiles().stream().map(ServicePages::row).toList();
    var list = Section.of("active", "Active services", new Table(COLUMNS, rows));
    return new Page("Services", Line.of("What this server presents itself as."), List.of(list));
  }

  private static List<Cell> row(Profile profile) {
    return List.of(
        Cell.of(Line.EMPTY.link(title(profile), PATH + '/' + profile.id())),
        Cell.ofCode(profile.id()),
        new Cell(ServiceSection.hosts(profile)),
        Cell.ofCode(profile.source()));
  }

  /** The page of a service; empty: it is not active. */
  public Optional<Page> service(String id) {
    return services.profiles().stream()
        .filter(profile -> profile.id().equals(id))
        .findFirst()
        .map(this::page);
  }

  /** What to say of a service that there is no page of. */
  public static String unknown(String id) {
    return "service: got " + Problem.shown(id) + ", allowed one of those at " + PATH;
  }

  private Page page(Profile profile) {
    var methods = MethodEntry.all(profile);
    var known = types.get();
    return new Page(
        title(profile),
        Line.of("How its long-running operations are called, listed and watched here. ")
            .link("All services", PATH),
        List.of(
            ServiceSection.of(profile),
            MethodsSection.of(methods),
            AccessSection.of(profile, methods),
            ServiceSection.names(profile),
            ListSection.of(profile),
            FilterSection.of(profile.lists().dialect()),
            CourseSection.of(profile),
            TypesSection.metadata(profile.metadataTypes(), known),
            TypesSection.responses(profile.responseTypes(), known)));
  }

  private static String title(Profile profile) {
    return profile.title().isBlank() ? profile.id() : profile.title();
  }
}
