"""How a report looks: calm, in the reader's light or dark, and on paper."""

STYLE = """\
:root {
  color-scheme: light dark;
  --back: #fafafa; --sheet: #ffffff; --line: #e3e6ea; --text: #2a2f36; --dim: #666d78;
  --loud: #000000; --calm: #a5d0b0; --warn: #d9920a; --bad: #cc3b32; --accent: #2f6fc4;
  --warn-text: #8f5a00; --bad-text: #b3261e; --bar: #8aa4c8; --veil: #cc3b3226;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #101418; --sheet: #171c22; --line: #2a323c; --text: #c6cad2; --dim: #8b94a1;
    --loud: #ffffff; --calm: #39684a; --warn: #e0a93b; --bad: #f2685f; --accent: #6cb6ff;
    --warn-text: #e0a93b; --bad-text: #f2685f; --bar: #4f6b8f; --veil: #f2685f33;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1060px; padding: 32px 28px; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
  sans-serif; font-variant-numeric: tabular-nums;
}
h1 { margin: 0 0 6px; font-size: 28px; line-height: 1.2; color: var(--loud); font-weight: 650;
  overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 17px; color: var(--loud); font-weight: 600; }
header p { margin: 0; color: var(--dim); }
header p b { color: var(--text); font-weight: 500; }
.figures { list-style: none; margin: 24px 0; padding: 0; display: grid; gap: 12px;
  grid-template-columns: repeat(4, 1fr); }
.figures li { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px;
  padding: 12px 14px; display: flex; flex-direction: column; }
.figures b { font-size: 26px; line-height: 1.2; font-weight: 650; color: var(--loud); }
.figures span { color: var(--text); }
.figures small { color: var(--dim); font-size: 12.5px; }
.figures .warn b { color: var(--warn-text); }
.figures .bad b { color: var(--bad-text); }
figure, section { margin: 16px 0; padding: 14px 16px; background: var(--sheet);
  border: 1px solid var(--line); border-radius: 8px; }
figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; }
figcaption h2 { margin-right: 4px; }
.legend { color: var(--dim); font-size: 13px; white-space: nowrap; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 6px;
  vertical-align: -1px; }
.legend i.desired { height: 0; border-radius: 0; border-top: 2px dashed var(--loud); width: 16px;
  vertical-align: 3px; }
.legend i.election, .legend i.bookmark { width: 0; border-radius: 0; height: 13px;
  border-left: 2px solid var(--accent); }
.legend i.bookmark { border-left: 2px dotted var(--dim); }
svg { display: block; width: 100%; min-width: 620px; height: auto; }
figure .wide { margin-top: 6px; }
svg text { font: 11.5px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.grid { stroke: var(--line); fill: none; }
.axis { stroke: var(--dim); fill: none; }
.tick { fill: var(--dim); }
.ready { fill: var(--calm); background: var(--calm); }
.unknown { fill: var(--warn); background: var(--warn); }
.down { fill: var(--bad); background: var(--bad); }
.running { fill: var(--bar); background: var(--bar); }
.joined { fill: var(--calm); background: var(--calm); }
path.desired { fill: none; stroke: var(--loud); stroke-width: 1.4; stroke-dasharray: 5 4; }
path.election { stroke: var(--accent); stroke-width: 1.6; }
text.election { fill: var(--accent); font-weight: 600; }
path.bookmark { stroke: var(--dim); stroke-width: 1.4; stroke-dasharray: 2 3; }
.leaderless { fill: var(--veil); }
.missing { fill: var(--dim); fill-opacity: .25; background: var(--line); }
circle.peak { fill: var(--loud); stroke: var(--sheet); stroke-width: 1.5; }
text.peak { fill: var(--loud); font-weight: 600; paint-order: stroke; stroke: var(--sheet);
  stroke-width: 3px; stroke-linejoin: round; }
.wide { overflow-x: auto; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: var(--dim); font-size: 11.5px; font-weight: 600;
  letter-spacing: .03em; white-space: nowrap; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
tr:last-child td { border-bottom: 0; }
td { white-space: nowrap; }
td.name { white-space: normal; overflow-wrap: anywhere; min-width: 96px; }
.right { text-align: right; }
td.dim, .none { color: var(--dim); }
td.warn { color: var(--warn-text); }
td.accent { color: var(--accent); font-weight: 600; }
td.bad { color: var(--bad-text); font-weight: 600; }
.none { margin: 6px 0 0; }
section > p { margin: 4px 0 0; color: var(--dim); }
.bar { display: inline-block; width: 64px; height: 8px; margin-right: 8px; border-radius: 2px;
  background: var(--line); overflow: hidden; vertical-align: 1px; }
.percent { display: inline-block; min-width: 42px; }
.bar i { display: block; height: 100%; background: var(--bar); }
summary { cursor: pointer; }
summary h2 { display: inline; }
.count { margin-left: 10px; color: var(--dim); font-size: 13px; }
footer { color: var(--dim); font-size: 13px; }
@media (max-width: 760px) { .figures { grid-template-columns: repeat(2, 1fr); } }
@media print {
  :root {
    --back: #ffffff; --sheet: #ffffff; --line: #d5d9de; --text: #222222; --dim: #555c66;
    --loud: #000000; --calm: #a5d0b0; --warn: #d9920a; --bad: #cc3b32;
    --accent: #2f6fc4; --warn-text: #8f5a00; --bad-text: #b3261e; --bar: #8aa4c8;
    --veil: #cc3b3226;
  }
  @page { margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 10.5px; }
  h1 { font-size: 20px; }
  h2 { font-size: 13px; }
  table { font-size: 9.5px; }
  th, .figures small, .legend { font-size: 8.5px; }
  th, td { padding: 2px 10px 2px 0; }
  .figures { grid-template-columns: repeat(4, 1fr); gap: 8px; margin: 14px 0; }
  .figures li { padding: 8px 10px; }
  .figures b { font-size: 18px; }
  figure, section { margin: 10px 0; padding: 8px 10px; }
  svg { min-width: 0; }
  figure, section, .figures li { break-inside: avoid; }
  section:has(tr:nth-child(20)) { break-inside: auto; }
  tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
