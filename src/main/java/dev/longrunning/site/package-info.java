/**
 * What people and their tools look at beside the API: probes, metrics, settings, pages about
 * services.
 *
 * <p><b>Must not know</b> how operations are kept or served.
 */
@NullMarked
package dev.longrunning.site;

import org.jspecify.annotations.NullMarked;
