// The page's only script. Without it everything can be read; with it copied, filtered and sorted.
;(() => {
  const said = document.getElementById('said')
  for (const hidden of document.querySelectorAll('button[hidden], .filters[hidden]')) {
    hidden.hidden = false
  }

  /** The clipboard is closed to pages from a file in some browsers; the old way is open in all. */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      const area = document.createElement('textarea')
      area.value = text
      area.setAttribute('aria-hidden', 'true')
      area.className = 'away'
      document.body.append(area)
      const focused = document.activeElement
      area.select()
      const isCopied = document.execCommand('copy')
      area.remove()
      focused?.focus()
      return isCopied
    }
  }

  document.addEventListener('click', async ({ target }) => {
    const button = target.closest('button.copy')
    if (!button) return
    const isCopied = await copy(button.dataset.copy)
    button.textContent = isCopied ? 'Copied' : 'Not copied'
    said.textContent = isCopied ? `Copied ${button.dataset.copy}` : 'Copying is not allowed here'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2000)
  })

  const table = document.getElementById('event-table')
  const body = table.tBodies[0]
  const filter = document.getElementById('filter')
  const kind = document.getElementById('kind')
  const count = document.getElementById('count')

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
    let shown = 0
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase()
      const fits =
        (kind.value === '' || row.dataset.kind === kind.value) &&
        words.every((word) => text.includes(word))
      row.hidden = !fits
      if (fits) shown += 1
    }
    count.textContent =
      shown === body.rows.length ? `${shown} events` : `${shown} of ${body.rows.length} events`
  }
  filter.addEventListener('input', show)
  kind.addEventListener('change', show)

  const keyOf = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim()

  /** Empty cells stay last, whichever way. */
  function compare(a, b, isNumber) {
    if (a === '' || b === '') return Number(a === '') - Number(b === '')
    return isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
  }

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'sort'
    button.textContent = heading.textContent
    heading.replaceChildren(button)
    button.addEventListener('click', () => {
      const order = heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending'
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort')
      heading.setAttribute('aria-sort', order)
      const at = heading.cellIndex
      const isNumber = heading.dataset.type === 'number'
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [keyOf(a, at), keyOf(b, at)]
        const sign = order === 'descending' && x !== '' && y !== '' ? -1 : 1
        return sign * compare(x, y, isNumber)
      })
      body.append(...rows)
      said.textContent = `Sorted by ${button.textContent}, ${order}`
    })
  }

  const theme = document.getElementById('theme')
  const THEMES = [
    ['', 'as the system has it'],
    ['light', 'light'],
    ['dark', 'dark'],
  ]
  let chosen = 0
  theme.addEventListener('click', () => {
    chosen = (chosen + 1) % THEMES.length
    const [value, name] = THEMES[chosen]
    document.documentElement.dataset.theme = value
    theme.textContent = `Theme: ${name}`
  })

  // On paper nothing can be opened.
  let closed = []
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')]
    for (const each of closed) each.open = true
  })
  addEventListener('afterprint', () => {
    for (const each of closed) each.open = false
  })
})()
