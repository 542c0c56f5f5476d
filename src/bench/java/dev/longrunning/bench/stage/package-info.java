/** The scenarios. */
@NullMarked
package dev.longrunning.bench.stage;

import org.jspecify.annotations.NullMarked;
