// The page's only script: it filters, sorts and copies. The page is complete without it.
;(() => {
  function make(name, members) {
    return Object.assign(document.createElement(name), members)
  }

  function addFilter(table) {
    const rows = [...table.querySelectorAll('tbody tr:not(.commit)')]
    const input = make('input', { type: 'search', autocomplete: 'off', spellcheck: false })
    const count = make('output')
    const label = make('label', { className: 'filter', textContent: 'Filter ' })
    label.append(input)
    table.before(label, count)
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/)
      for (const row of rows) {
        const commit = row.parentElement.querySelector('.commit')?.textContent ?? ''
        const text = `${commit} ${row.textContent}`.toLowerCase()
        row.hidden = !words.every((word) => text.includes(word))
      }
      for (const body of table.tBodies) {
        body.hidden = [...body.rows].every((row) => row.hidden || row.matches('.commit'))
      }
      const shown = rows.filter((row) => !row.hidden).length
      count.textContent = shown === rows.length ? '' : `${shown} of ${rows.length} rows`
    })
  }

  function addSorting(table) {
    const headings = [...table.tHead.rows[0].cells]
    const [body] = table.tBodies
    for (const [at, heading] of headings.entries()) {
      const button = make('button', { type: 'button', textContent: heading.textContent })
      heading.replaceChildren(button)
      button.addEventListener('click', () => {
        const isReversed = heading.getAttribute('aria-sort') === 'ascending'
        for (const other of headings) other.removeAttribute('aria-sort')
        heading.setAttribute('aria-sort', isReversed ? 'descending' : 'ascending')
        const textOf = (row) => row.cells[at].textContent
        const rows = [...body.rows].sort((a, b) =>
          textOf(a).localeCompare(textOf(b), 'en', { numeric: true }),
        )
        body.append(...(isReversed ? rows.reverse() : rows))
      })
    }
  }

  /** Some browsers deny the clipboard to pages from a file; the older API works in all. */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      const area = make('textarea', { value: text, className: 'away' })
      document.body.append(area)
      const focused = document.activeElement
      area.select()
      const isCopied = document.execCommand('copy')
      area.remove()
      focused?.focus()
      return isCopied
    }
  }

  function addCopying(element) {
    const { copy: text, label } = element.dataset
    const button = make('button', { type: 'button', textContent: label })
    element.append(' ', button)
    button.addEventListener('click', async () => {
      const result = (await copy(text)) ? 'Copied' : 'The browser denies copying'
      button.textContent = result
      document.getElementById('status').textContent = result
      setTimeout(() => {
        button.textContent = label
      }, 2000)
    })
  }

  for (const table of document.querySelectorAll('table')) {
    addFilter(table)
    if (table.tBodies.length === 1) addSorting(table)
  }
  for (const element of document.querySelectorAll('[data-copy]')) addCopying(element)
})()
