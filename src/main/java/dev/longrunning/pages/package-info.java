/**
 * The documentation page of a service, generated from its profile.
 *
 * <p><b>Promise.</b> What a page says comes out of the profile, the dialect of its filters and the
 * message types that are known, and of nothing else. Texts of files are shown as text, whatever
 * they hold.
 *
 * <pre>
 *   Profile, Types --*Section--> Page (Section, Block, Line) --Html, Markdown--> text
 * </pre>
 *
 * <p><b>Threads.</b> Values and functions: any. Nothing blocks.
 *
 * <p><b>Must not know</b> who asks for pages, and over what.
 */
@NullMarked
package dev.longrunning.pages;

import org.jspecify.annotations.NullMarked;
