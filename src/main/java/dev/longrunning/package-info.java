/** The program: what {@code java -jar longrunning.jar} runs. */
@org.jspecify.annotations.NullMarked
package dev.longrunning;
