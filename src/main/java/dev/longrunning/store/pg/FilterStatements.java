package dev.longrunning.store.pg;

/**
 * The parts that statements of filtered pages are joined from. Values are bound, all of them.
 *
 * <p>Each condition is true or false, never null: a negation of null would leave rows out.
 */
final class FilterStatements {
  /** How all of them begin. */
  static final String BEGIN = "/* filtered */ ";

  /**
   * $1 service, $2 rows examined at most, $3 rows at most, $4 bytes after which no row is added.
   */
  static final String HEAD =
      BEGIN
          + "select o.key,\n"
          + Statements.OP_COLUMNS
          + """
             case when o.matches then o.metadata end as metadata,
             case when o.matches then o.result end as result, o.matches,
             o.examined = $2 as stopped
        from (select o.*, sum(o.weight) over (order by o.create_time desc, o.key desc
                                              rows unbounded preceding) - o.weight as before
                from (select o.*, coalesce(octet_length(o.metadata), 0)
                                  + coalesce(octet_length(o.result), 0) as weight
                        from (select o.*, row_number() over (order by o.create_time desc,
                                                                      o.key desc) as examined,
      """;

  static final String MATCHES_END = " as matches\nfrom (select o.* from longrunning.op o\nwhere ";

  static final String TAIL =
      """

                                       order by o.create_time desc, o.key desc
                                       limit $2) o) o
                       where o.matches or o.examined = $2
                       order by o.create_time desc, o.key desc
                       limit $3) o) o
       where o.before < $4
       order by o.create_time desc, o.key desc
      """;

  // The collation is that of the index over all collections: see the migration.
  static final String OF_SERVICE = "o.service collate \"POSIX\" = $1";
  static final String OF_COLLECTION = "o.service = $1 and o.collection = %s";
  static final String LIKE_COLLECTIONS =
      "octet_length(o.collection) - octet_length(replace(o.collection, '/', '')) = %s"
          + " and o.collection like %s";
  static final String BEHIND = " and (o.create_time, o.key) < (%s, %s)";
  static final String CREATED_UNTIL = " and o.create_time <= %s";
  static final String CREATED_FROM = " and o.create_time >= %s";

  /**
   * An error begins with its code, of one byte, as protobuf writes it: more is not read of it. What
   * clients send is parsed and written anew before it is stored.
   */
  static final String ERROR_CODE =
      """
      (case when o.outcome = 2
             and octet_length(o.result) > 1
             and substring(o.result from 1 for 1) = decode('08', 'hex')
             and get_byte(substring(o.result from 1 for 2), 1) < 128
            then get_byte(substring(o.result from 1 for 2), 1)
       end)""";

  static final String LABEL = "(o.labels ->> %s) collate \"C\"";
  static final String LABELLED = "((o.labels -> %s) is not null)";
  static final String IS_TRUE = "((%s %s %s) is true)";

  private FilterStatements() {}
}
