"""The page's look: light, dark and printed."""

from __future__ import annotations

from collections.abc import Mapping

COLOURS: Mapping[str, str] = {
    "right": "#009e73",
    "misread": "#d55e00",
    "cut wrongly": "#e69f00",
    "rejected": "#0072b2",
    "not found": "#8a8f98",
    "lost": "#8a8f98",
    "invented": "#cc79a7",
}
"""A colour for what was right and for each cause of an error; Okabe and Ito's, told apart by colour-blind eyes too."""

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #f6f6f3; --card: #ffffff; --ink: #1d2129; --soft: #626a76; --line: #dfe1e4; --track: #e8eaed;
  --accent: #0072b2; --good: #009e73; --bad: #d55e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --card: #1d2127; --ink: #e7e9ec; --soft: #9aa3af; --line: #323840; --track: #2b3037;
    --accent: #56b4e9; --good: #2fc39a; --bad: #f0803c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
header p { margin: 0; color: var(--soft); }
h1 { margin: 0 0 4px; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 48px 0 4px; font-size: 20px; letter-spacing: -0.005em; }
h3 { margin: 28px 0 8px; font-size: 16px; display: flex; align-items: center; gap: 8px; }
p.note { margin: 0 0 16px; color: var(--soft); max-width: 72ch; }
code { font: 0.88em ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.swatch { width: 12px; height: 12px; border-radius: 3px; flex: none; display: inline-block; }
.count { color: var(--soft); font-weight: 400; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0; }
.figure:only-child { max-width: 340px; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.figure b { display: block; font-size: 28px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure span { display: block; font-size: 14px; }
.figure small { display: block; color: var(--soft); font-size: 13px; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; overflow-x: auto; }
.gallery + .panel { margin-top: 12px; }
.sides {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px;
  align-items: start;
}
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th { text-align: right; color: var(--soft); font-weight: 500; padding: 4px 10px; border-bottom: 1px solid var(--line); }
td { text-align: right; padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th:first-child, td:first-child { text-align: left; }
td.bar { width: 30%; min-width: 48px; }
td.bar svg { display: block; width: 100%; height: 10px; }
td.strip img { height: 40px; width: auto; max-width: none; image-rendering: pixelated; display: block; }
.mixed td { text-align: center; padding: 5px 2px; border: 0; min-width: 2.6em; }
.mixed tbody th { border: 0; }
.mixed .diagonal { font-weight: 600; }
.legend {
  display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 0; list-style: none; font-size: 14px;
}
.legend li { display: flex; align-items: center; gap: 7px; }
.stack { display: block; width: 100%; height: 26px; border-radius: 6px; }
.gallery { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(var(--tile, 150px), 1fr)); }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figure img { display: block; width: 100%; height: auto; }
figure.glyph { display: flex; flex-direction: column; }
figure.glyph img { image-rendering: pixelated; }
figcaption { padding: 6px 10px 8px; font-size: 13px; line-height: 1.4; color: var(--soft); }
figcaption b { color: var(--ink); font-weight: 600; }
.aligned {
  font: 15px/1.35 ui-monospace, "Liberation Mono", monospace; letter-spacing: 0.12em; overflow-wrap: anywhere;
}
.aligned mark { background: none; color: var(--bad); font-weight: 700; text-decoration: underline; }
.empty { color: var(--soft); padding: 14px 16px; border: 1px dashed var(--line); border-radius: 8px; }
svg text { fill: var(--soft); font: 12px system-ui, "Liberation Sans", sans-serif; }
svg .axis { stroke: var(--line); } svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .reached { fill: var(--accent); } svg .gap { fill: var(--bad); opacity: 0.6; }
svg .modest { fill: var(--good); }
svg .track { fill: var(--track); }
footer { margin-top: 56px; color: var(--soft); font-size: 13px; border-top: 1px solid var(--line); padding-top: 12px; }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --card: #fff; --ink: #000; --soft: #555; --line: #ccc; --track: #e8eaed;
    --accent: #0072b2; --good: #009e73; --bad: #d55e00;
  }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { padding: 0; max-width: none; }
  h2, h3, p.note { break-after: avoid; }
  .sides { grid-template-columns: 1fr 1fr; }
  figure, tr, .figure, .panel { break-inside: avoid; }
}
"""
