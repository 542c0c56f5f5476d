/**
 * What a person sees of the running server: which build it is, its logs, whether it is ready; and
 * what nobody may see, {@link dev.longrunning.observe.Secret}.
 *
 * <p><b>Must not know</b> any other package of ours.
 */
@NullMarked
package dev.longrunning.observe;

import org.jspecify.annotations.NullMarked;
