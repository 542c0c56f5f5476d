package dev.longrunning.rest;

/**
 * How an answer is written.
 *
 * @param pretty with line breaks, as Google's APIs do unless told otherwise
 * @param enumNumbers enums as numbers: gax asks for it by {@code $alt=json;enum-encoding=int}
 */
record JsonStyle(boolean pretty, boolean enumNumbers) {
  static final JsonStyle DEFAULT = new JsonStyle(true, false);
}
