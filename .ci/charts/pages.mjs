// Parses the pages that charts.py has written as browsers do (parse5, the parser of jsdom), and takes no error.
// Usage: pages.mjs MODULES FOLDER
import fs from 'node:fs'
import path from 'node:path'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [modules, folder] = process.argv.slice(2)
const require = createRequire(path.join(modules, 'x.js'))
const { parse } = await import(pathToFileURL(path.join(modules, 'node_modules/parse5/dist/index.js')).href)
const { JSDOM } = require('jsdom')

const names = fs.readdirSync(folder).filter((name) => name.endsWith('.html'))
assert(names.length > 2)
for (const name of names) {
  const text = fs.readFileSync(path.join(folder, name), 'utf8')
  const errors = []
  parse(text, { onParseError: ({ code, startLine, startCol }) => errors.push(`${startLine}:${startCol} ${code}`) })
  assert.deepEqual(errors, [], name)

  const { document } = new JSDOM(text).window
  const all = (selector) => [...document.querySelectorAll(selector)]
  assert.equal(all('script, link, img, iframe, object, embed, base, form, image, use').length, 0, name)
  for (const element of all('*')) {
    for (const { name: key, value } of element.attributes) {
      assert(!key.startsWith('on') && key !== 'src' && key !== 'style', `${name}: ${key}`)
      if (key === 'href') assert(value.startsWith('#') && document.getElementById(value.slice(1)), `${name}: ${value}`)
    }
  }
  const ids = all('[id]').map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length, `${name}: an identity is used twice`)
  assert(all('th').every((head) => head.hasAttribute('scope')), name)
  assert(all('table').every((table) => table.caption), name)
  for (const drawing of all('svg')) {
    const [title, desc] = drawing.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id))
    assert(title.textContent && desc.textContent, name)
  }
  console.log(`${name}: ${all('tr').length} rows, ${all('svg').length} drawings`)
}
