/**
 * Filters of lists and watches: text in one of several dialects, one tree for all of them, and
 * whether an operation matches.
 *
 * <p><b>Promise.</b> Plain values and functions: the same input gives the same output. {@link
 * dev.longrunning.filter.Filter#matches} decides; what a database is given ({@link
 * dev.longrunning.filter.Narrowing}) lets through at least all that match. Work on a filter's text
 * grows with its length, on a state with the state's size times the filter's terms.
 *
 * <p><b>Must not know</b> Vert.x, protobuf, clocks, I/O, or any other package of ours but {@code
 * operation}. Messages are opened by whoever implements {@link dev.longrunning.filter.Payloads}.
 *
 * <pre>
 *  text --Dialect--> Filter (Node) --matches(Snapshot, Payloads)--> true or false
 *                           \------narrowing()--> Narrowing --> SQL
 * </pre>
 */
@NullMarked
package dev.longrunning.filter;

import org.jspecify.annotations.NullMarked;
