"""How the shared page looks: both colour schemes, a phone, paper. The colours are the window's."""

STYLE = """
:root { color-scheme: dark light; --ground: #0d1014; --panel: #13171d; --line: #262d37; --text: #e6e9ee;
  --dim: #98a2b0; --night: #1d2531; --good: #3ecf8e; }
@media (prefers-color-scheme: light) { :root { --ground: #f5f6f8; --panel: #ffffff; --line: #d8dce2;
  --text: #14181d; --dim: #525c69; --night: #e3e8f0; --good: #0a7a4c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px; max-width: 1160px; background: var(--ground); color: var(--text);
  font: 15px/1.45 Inter, system-ui, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 22px; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 13px; font-weight: 500; color: var(--dim); margin: 24px 0 8px; }
p { margin: 4px 0; overflow-wrap: anywhere; }
.dim, footer { color: var(--dim); }
section > .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 4px;
  padding: 12px; }
svg.gantt { display: block; overflow: visible; }
.gantt text { fill: var(--text); font-size: 12px; }
.gantt .axis, .gantt .dim { font-size: 11px; fill: var(--dim); }
.gantt .middle, .gantt .number { text-anchor: middle; } .gantt .end { text-anchor: end; }
.gantt .number { fill: #0d1014; font-size: 10px; font-weight: 600; pointer-events: none; }
.gantt .night { fill: var(--night); } .gantt .tick { stroke: var(--line); } .gantt .spot { fill: var(--dim); }
.bar { rx: 2px; } .bar.done { opacity: .55; } .bar.driving { stroke: var(--text); stroke-width: 2px; }
.d0 { fill: #56b4e9; --own: #56b4e9; } .d1 { fill: #e69f00; --own: #e69f00; }
.d2 { fill: #cc79a7; --own: #cc79a7; } .d3 { fill: #00a97b; --own: #00a97b; }
.d4 { fill: #d8cb2e; --own: #d8cb2e; } .d5 { fill: #e2701a; --own: #e2701a; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; font-size: 12px; color: var(--dim); white-space: nowrap; }
td, th { padding: 5px 10px 5px 0; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
.right { text-align: right; } td.n { color: var(--dim); } td.who { font-weight: 500;
  overflow-wrap: anywhere; }
td.note { overflow-wrap: anywhere; } td.when, td.short, td.spotter { white-space: nowrap; }
.mark { display: inline-block; width: 8px; height: 8px; border-radius: 2px; margin-right: 7px;
  background: var(--own); }
.state { display: inline-block; font-size: 12px; font-weight: 400; color: var(--dim); margin-left: 6px; }
.state.now { color: var(--good); }
tr.out td { color: var(--dim); } tr.out td.who { text-decoration: line-through; }
.people { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); }
.people .panel { break-inside: avoid; } .people h3 { font-size: 15px; font-weight: 600; margin: 0;
  overflow-wrap: anywhere; }
.people td { padding: 3px 8px 3px 0; } .people p { margin: 0 0 6px; }
footer { margin-top: 24px; font-size: 13px; }
@media (max-width: 720px) {
  body { padding: 12px; }
  .stints thead { display: none; }
  .gantt .tight { display: none; }
  .stints tr { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 8px 0 8px 30px; position: relative;
    border-bottom: 1px solid var(--line); }
  .stints tr:last-child { border-bottom: 0; }
  .stints td { border: 0; padding: 0; color: var(--dim); text-align: left; }
  .stints td:empty { display: none; }
  .stints td.n { position: absolute; left: 0; width: 20px; }
  .stints td.who { width: calc(100% - 94px); color: var(--text); }
  .stints td.when { width: 82px; text-align: right; color: var(--text); }
  .stints td.spotter::before { content: "spotter "; }
  .stints td.note { flex-basis: 100%; color: var(--text); }
}
@media print {
  :root { --ground: #fff; --panel: #fff; --line: #bbb; --text: #000; --dim: #444; --night: #e6e6e6; }
  body { padding: 0; max-width: none; font-size: 11px; } section > .panel { border: 0; padding: 0; }
  .bar, .mark, .night, .spot { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, .gantt { break-inside: avoid; } h2 { break-after: avoid; }
}
"""
