// Parses and lays out the graphs that charts.py has written: mermaid's own parser, Graphviz itself.
// Usage: graphs.mjs MODULES FOLDER
import fs from 'node:fs'
import path from 'node:path'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [modules, folder] = process.argv.slice(2)
const at = (file) => pathToFileURL(path.join(modules, 'node_modules', file)).href
const { JSDOM } = createRequire(path.join(modules, 'x.js'))('jsdom')
const page = new JSDOM('<!doctype html><body></body>')
globalThis.window = page.window
globalThis.document = page.window.document
const mermaid = (await import(at('mermaid/dist/mermaid.core.mjs'))).default
mermaid.initialize({ startOnLoad: false })
const { Graphviz } = await import(at('@hpcc-js/wasm-graphviz/dist/index.js'))
const graphviz = await Graphviz.load()

const names = fs.readdirSync(folder).filter((name) => name.endsWith('.mmd')).map((name) => name.slice(0, -4))
assert(names.length > 1)
for (const name of names) {
  const read = (extension) => fs.readFileSync(path.join(folder, `${name}.${extension}`), 'utf8')
  const { boxes, arrows } = JSON.parse(read('json'))
  const flowchart = (await mermaid.mermaidAPI.getDiagramFromText(read('mmd'))).db
  assert.equal(flowchart.getVertices().size, boxes.length, name)
  assert.equal(flowchart.getEdges().length, arrows.length, name)
  const svg = graphviz.layout(read('dot'), 'svg', 'dot')
  assert.equal(svg.split('class="node"').length - 1, boxes.length, name)
  assert.equal(svg.split('class="edge"').length - 1, arrows.length, name)
  console.log(`${name}: ${boxes.length} boxes, ${arrows.length} arrows`)
}
