/** Preloaded into a program: writes which of its own modules node has loaded at its exit. */
const { writeFileSync } = require('node:fs')

process.on('exit', () => {
  const loaded = process.moduleLoadList.filter((each) => each.startsWith('NativeModule '))
  writeFileSync(process.env.LOADED, JSON.stringify(loaded.map((each) => each.slice(13))))
})
