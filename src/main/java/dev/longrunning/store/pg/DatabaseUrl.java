package dev.longrunning.store.pg;

import dev.longrunning.observe.Secret;
import dev.longrunning.operation.Problem;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an external database is and how to get in, as libpq spells it: {@code
 * postgres://user:password@host:port,host2:port2/database?sslmode=verify-full&…}.
 *
 * <p><b>Promise.</b> Faults name the part that is wrong, all of them at once, and never show the
 * password, nor anything that could be a piece of it.
 *
 * @param hosts in the order to try them; at least one
 * @param password empty if the URL has none: it comes from elsewhere
 * @param pooled whether a pooler in transaction mode stands in between
 */
public record DatabaseUrl(
    List<Host> hosts,
    String user,
    Optional<Secret> password,
    String database,
    Tls tls,
    Optional<Path> passwordFile,
    String applicationName,
    Optional<String> options,
    boolean pooled) {

  /** One server. */
  public record Host(String name, int port) {}

  /**
   * How the connection is encrypted and whom it trusts.
   *
   * @param trusted a PEM file of authorities; {@link #SYSTEM} for those of the Java platform
   * @param certificate our own, with its key, both or neither
   */
  public record Tls(
      SslMode mode, Optional<Path> trusted, Optional<Path> certificate, Optional<Path> key) {
    /** As the value of {@code sslrootcert}. */
    static final Path SYSTEM = Path.of("system");
  }

  private static final int PORT = 5_432;
  private static final int PORT_MAX = 65_535;
  private static final String FORM = "postgres://user@host:port/database?sslmode=…";
  private static final Pattern SCHEME = Pattern.compile("postgres(ql)?://.*", Pattern.DOTALL);
  private static final Set<String> PARAMETERS =
      Set.of(
          "application_name",
          "options",
          "passfile",
          "pgbouncer",
          "sslcert",
          "sslkey",
          "sslmode",
          "sslrootcert");
  private static final String MODES = "disable, allow, prefer, require, verify-ca or verify-full";

  public DatabaseUrl {
    hosts = List.copyOf(hosts);
  }

  /** Reads a URL; fails with one line that names every part that is wrong. */
  public static DatabaseUrl parse(String url) throws StartFault {
    var faults = new ArrayList<String>();
    DatabaseUrl parsed = new Reading(faults).read(url);
    if (!faults.isEmpty()) {
      throw new StartFault("database: " + String.join("; ", faults));
    }
    return parsed;
  }

  /** The same with this password, unless it has one. */
  public DatabaseUrl withPassword(Secret other) {
    return new DatabaseUrl(
        hosts,
        user,
        Optional.of(password.orElse(other)),
        database,
        tls,
        passwordFile,
        applicationName,
        options,
        pooled);
  }

  /** The files that it names: they must be there and readable. */
  public List<Path> files() {
    var files = new ArrayList<Path>();
    passwordFile.ifPresent(files::add);
    tls.trusted().filter(path -> !path.equals(Tls.SYSTEM)).ifPresent(files::add);
    tls.certificate().ifPresent(files::add);
    tls.key().ifPresent(files::add);
    return files;
  }

  /** How to connect to each host, in the order to try them. */
  public List<PgConnectOptions> connectOptions() {
    return hosts.stream().map(this::connectOptions).toList();
  }

  private PgConnectOptions connectOptions(Host host) {
    var properties = new LinkedHashMap<>(PgConnectOptions.DEFAULT_PROPERTIES);
    properties.put("application_name", applicationName);
    options.ifPresent(value -> properties.put("options", value));
    if (pooled) {
      // A pooler refuses what it does not know how to keep apart between clients. Two is what the
      // default of every server that we support amounts to anyway.
      properties.remove("extra_float_digits");
    }
    return new PgConnectOptions()
        .setHost(host.name())
        .setPort(host.port())
        .setUser(user)
        .setPassword(password.map(Secret::reveal).orElse(""))
        .setDatabase(database)
        .setProperties(properties)
        .setUseLayer7Proxy(pooled)
        .setSslMode(DatabaseTls.mode(tls))
        .setSslOptions(DatabaseTls.options(tls));
  }

  /** Never the password. */
  @Override
  public String toString() {
    return "postgres://" + user + "@" + hosts + "/" + database;
  }

  /** One reading of one URL; faults gather. */
  private record Reading(List<String> faults) {
    DatabaseUrl read(String url) {
      if (!SCHEME.matcher(url).matches()) {
        faults.add("got something else, allowed embedded or " + FORM);
        return parts("", "localhost", "", Map.of());
      }
      String rest = url.substring(url.indexOf("://") + 3);
      int end = indexOfAny(rest, 0);
      String authority = rest.substring(0, end);
      String tail = rest.substring(end);
      if (!authority.contains("@")) {
        boolean cut = tail.contains("@");
        faults.add(
            cut
                ? "user and password: got one with / or ?, allowed percent-encoded (%2F, %3F)"
                : "user: got none, allowed " + FORM);
        return parts("", "localhost", "", Map.of());
      }
      int at = authority.lastIndexOf('@');
      int query = tail.indexOf('?');
      String path = query < 0 ? tail : tail.substring(0, query);
      return parts(
          authority.substring(0, at),
          authority.substring(at + 1),
          path.isEmpty() ? "" : path.substring(1),
          parameters(query < 0 ? "" : tail.substring(query + 1)));
    }

    private static int indexOfAny(String text, int from) {
      for (int i = from; i < text.length(); i++) {
        if (text.charAt(i) == '/' || text.charAt(i) == '?') {
          return i;
        }
      }
      return text.length();
    }

    private DatabaseUrl parts(
        String login, String authority, String path, Map<String, String> parameters) {
      int colon = login.indexOf(':');
      String user = decoded("user", colon < 0 ? login : login.substring(0, colon));
      String password = colon < 0 ? "" : decoded("password", login.substring(colon + 1));
      if (user.isEmpty() && faults.isEmpty()) {
        faults.add("user: got none, allowed " + FORM);
      }
      String database = decoded("database name", path);
      return new DatabaseUrl(
          hosts(authority),
          user,
          password.isEmpty() ? Optional.empty() : Optional.of(Secret.of(password)),
          database.isEmpty() ? user : database,
          tls(parameters),
          file(parameters, "passfile"),
          parameters.getOrDefault("application_name", "longrunning"),
          Optional.ofNullable(parameters.get("options")),
          pooled(parameters));
    }

    private List<Host> hosts(String authority) {
      var hosts = new ArrayList<Host>();
      for (String one : authority.split(",", -1)) {
        hosts.add(host(one));
      }
      return hosts;
    }

    private Host host(String text) {
      int close = text.startsWith("[") ? text.indexOf(']') : -1;
      int colon = text.indexOf(':', Math.max(close, 0));
      String bare = colon < 0 ? text : text.substring(0, colon);
      String name = close > 0 ? text.substring(1, close) : decoded("host", bare);
      if (name.isEmpty() || name.contains("/") || name.startsWith("[")) {
        faults.add("host: got " + Problem.shown(bare) + ", allowed a host name or an address");
      }
      return new Host(name, colon < 0 ? PORT : port(text.substring(colon + 1)));
    }

    private int port(String text) {
      boolean number = text.matches("[0-9]{1,5}");
      int port = number ? Integer.parseInt(text) : 0;
      if (port < 1 || port > PORT_MAX) {
        // Anything but a number may be a piece of a password that is not percent-encoded.
        String got = text.matches("[0-9]+") ? Problem.shown(text) : "something else";
        faults.add("port: got " + got + ", allowed 1.." + PORT_MAX);
      }
      return port;
    }

    private Map<String, String> parameters(String query) {
      var parameters = new LinkedHashMap<String, String>();
      for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        if (!PARAMETERS.contains(key)) {
          faults.add(
              "parameter: got "
                  + Problem.shown(key)
                  + ", allowed "
                  + String.join(", ", PARAMETERS.stream().sorted().toList()));
        } else if (parameters.put(key, decoded(key, pair.substring(equals + 1))) != null) {
          faults.add(key + ": got it twice, allowed once");
        }
      }
      return parameters;
    }

    private Tls tls(Map<String, String> parameters) {
      Optional<Path> trusted = file(parameters, "sslrootcert");
      Optional<Path> certificate = file(parameters, "sslcert");
      Optional<Path> key = file(parameters, "sslkey");
      SslMode mode = mode(parameters.getOrDefault("sslmode", "prefer"));
      boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
      if (verifies && trusted.isEmpty()) {
        faults.add("sslrootcert: got none, allowed a PEM file or system with sslmode=verify-…");
      }
      if (trusted.filter(Tls.SYSTEM::equals).isPresent() && mode != SslMode.VERIFY_FULL) {
        faults.add("sslrootcert: got system, allowed with sslmode=verify-full only");
      }
      if (certificate.isPresent() != key.isPresent()) {
        faults.add("sslcert, sslkey: got one of them, allowed both or neither");
      }
      return new Tls(mode, trusted, certificate, key);
    }

    private SslMode mode(String text) {
      for (SslMode mode : SslMode.values()) {
        if (mode.value.equals(text)) {
          return mode;
        }
      }
      faults.add("sslmode: got " + Problem.shown(text) + ", allowed " + MODES);
      return SslMode.PREFER;
    }

    private static Optional<Path> file(Map<String, String> parameters, String key) {
      return Optional.ofNullable(parameters.get(key)).map(Path::of);
    }

    private boolean pooled(Map<String, String> parameters) {
      String text = parameters.getOrDefault("pgbouncer", "false");
      if (!text.equals("true") && !text.equals("false")) {
        faults.add("pgbouncer: got " + Problem.shown(text) + ", allowed true or false");
      }
      return text.equals("true");
    }

    private String decoded(String part, String text) {
      try {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        faults.add(part + ": got a % that encodes nothing, allowed %25 for a percent sign");
        return "";
      }
    }
  }
}
