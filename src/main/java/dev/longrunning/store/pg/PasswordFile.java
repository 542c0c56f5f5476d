package dev.longrunning.store.pg;

import dev.longrunning.observe.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * libpq's password file: lines of {@code host:port:database:user:password}, {@code *} for any, a
 * backslash before a colon or backslash that is meant. The first line that fits counts.
 */
public final class PasswordFile {
  private static final int FIELDS = 5;

  private PasswordFile() {}

  /** Finds the password for the first host of {@code url}; empty if no line fits. */
  public static Optional<Secret> find(List<String> lines, DatabaseUrl url) {
    var host = url.hosts().get(0);
    var wanted = List.of(host.name(), Integer.toString(host.port()), url.database(), url.user());
    return lines.stream()
        .filter(line -> !line.startsWith("#"))
        .map(PasswordFile::fields)
        .filter(fields -> fields.size() == FIELDS && fits(fields, wanted))
        .map(fields -> Secret.of(fields.get(FIELDS - 1)))
        .findFirst();
  }

  private static boolean fits(List<String> fields, List<String> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      if (!fields.get(i).equals("*") && !fields.get(i).equals(wanted.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        field.append(line.charAt(++i));
      } else if (c == ':') {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
