package dev.longrunning.pages;

/**
 * How pages look: by the reader's own font and choice of light or dark, at any width. Where it is
 * narrow, a row of a table is a block, each cell with the heading of its column.
 */
final class Style {
  static final String CSS =
      """

      :root{color-scheme:light dark;--ink:#1c2024;--soft:#586069;--line:#d5dae0;--tint:#f3f5f7;
      --link:#0b57c2;--paper:#fff}
      @media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#a3acb6;--line:#3a424b;
      --tint:#20262c;--link:#8ab8ff;--paper:#14181c}}
      *{box-sizing:border-box}
      body{margin:0 auto;max-width:72rem;padding:1.5rem 1.25rem 4rem;background:var(--paper);
      color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
      h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}
      h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-bottom:.25rem;
      border-bottom:1px solid var(--line)}
      p{margin:.5rem 0;max-width:50rem}
      a{color:var(--link)}
      nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:1rem 0 0;padding:0;list-style:none}
      code{font:.875em/1.5 ui-monospace,monospace;background:var(--tint);border-radius:3px;
      padding:.1em .3em}
      pre{margin:.5rem 0;padding:.6rem .75rem;background:var(--tint);border-radius:4px;
      white-space:pre-wrap}
      pre code{padding:0}
      dl{margin:.5rem 0}
      dl>div{display:grid;grid-template-columns:11rem 1fr;gap:1rem;padding:.45rem 0;
      border-bottom:1px solid var(--line)}
      dt{color:var(--soft)}
      dd{margin:0;min-width:0}
      table{width:100%;border-collapse:collapse;margin:.75rem 0}
      th,td{padding:.45rem .75rem .45rem 0;text-align:left;vertical-align:top;
      border-bottom:1px solid var(--line);font-weight:normal}
      thead th{color:var(--soft);font-size:.875rem;white-space:nowrap}
      td>div,th>div,dd>div{padding-left:1.5rem;text-indent:-1.5rem}
      details{margin:.5rem 0;padding:.1rem .75rem;border:1px solid var(--line);border-radius:4px}
      details table{table-layout:fixed}
      summary{cursor:pointer;padding:.35rem 0}
      dd details,td details{margin:.25rem 0;padding:0;border:0}
      dd summary,td summary{padding:0;color:var(--soft)}
      td>details>div,dd>details>div{padding-left:1.5rem;text-indent:-1.5rem}
      @media (max-width:48rem){
      dl>div{grid-template-columns:1fr;gap:0}
      table,tbody,tr,tbody th,tbody td{display:block}
      thead{position:absolute;left:-999rem}
      tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
      tbody th,tbody td{border:0;padding:.15rem 0}
      td:empty{display:none}
      tbody td::before{content:attr(data-column);display:block;color:var(--soft);
      font-size:.8125rem}
      }
      """;

  private Style() {}
}
