/** Who calls, and what they may do. */
@NullMarked
package dev.longrunning.auth;

import org.jspecify.annotations.NullMarked;
