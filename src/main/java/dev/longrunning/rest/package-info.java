/**
 * The method table over HTTP/1.1 and HTTP/2 with JSON, as {@code google.api.http} binds it.
 *
 * <p><b>Promise.</b> Every answer is JSON, errors in the form of AIP-193. The path is matched as it
 * came. What a request says and its method does not know is refused by name.
 *
 * <p><b>Must not know</b> gRPC, and what the methods do.
 */
@NullMarked
package dev.longrunning.rest;

import org.jspecify.annotations.NullMarked;
