/**
 * How services present their operations: names, HTTP bindings, limits, filters, permissions.
 *
 * <p><b>Promise.</b> A service is a file: what differs between two services is said there, and no
 * code branches on a service's name. A file is the service's own published configuration ({@code
 * google.api.Service} as YAML), with one section of ours for what that form has no field for.
 *
 * <p><b>Threads.</b> Values, all of them.
 *
 * <p><b>Must not know</b> requests, transports, or where files are.
 */
@NullMarked
package dev.longrunning.profile;

import org.jspecify.annotations.NullMarked;
