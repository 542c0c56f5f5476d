package dev.longrunning.pages;

import java.util.List;

/**
 * A part of a page that has a heading.
 *
 * @param id by which it is linked: a-z and '-'
 */
record Section(String id, String heading, List<Block> blocks) {
  Section {
    blocks = List.copyOf(blocks);
  }

  static Section of(String id, String heading, Block... blocks) {
    return new Section(id, heading, List.of(blocks));
  }
}
