// The page's only script: it copies, filters and sorts. The page is complete without it.
;(() => {
  const status = document.getElementById('status')
  for (const hidden of document.querySelectorAll('button[hidden], .filters[hidden]')) {
    hidden.hidden = false
  }

  /** Some browsers deny the clipboard to pages from a file; the older API works in all. */
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
    const { copy: text, name, label } = button.dataset
    const isCopied = await copy(text)
    button.textContent = isCopied ? 'Copied' : 'Not copied'
    status.textContent = isCopied ? `Copied ${name}` : 'The browser denies copying'
    setTimeout(() => {
      button.textContent = label
    }, 2000)
  })

  /** Longer lists of changes are closed at first. */
  const MANY = 12

  /** Makes the changes of a stream foldable, filterable and sortable. */
  function handleChanges(section) {
    const table = section.querySelector('.event-table')
    const filter = section.querySelector('input')
    const kind = section.querySelector('select')
    const count = section.querySelector('output')
    const commits = [...table.tBodies]
    const items = commits.flatMap((body) => [...body.querySelectorAll('.item')])
    const homes = new Map(items.map((row) => [row, row.parentElement]))
    const heads = commits.map((body) => body.querySelector('.commit'))
    const closed = new Set(items.length > MANY ? commits : [])
    let isFlat = false

    function show() {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
      const isFiltered = words.length > 0 || kind.value !== ''
      const isShown = new Set()
      let shown = 0
      for (const row of items) {
        const home = homes.get(row)
        const text = `${row.textContent} ${home.querySelector('.commit').textContent}`.toLowerCase()
        const fits =
          (kind.value === '' || row.dataset.kind === kind.value) &&
          words.every((word) => text.includes(word))
        row.hidden = !fits || (!isFiltered && !isFlat && closed.has(home))
        if (fits) {
          shown += 1
          isShown.add(home)
        }
      }
      for (const head of heads) {
        const home = head.parentElement
        head.hidden = isFlat || !isShown.has(home)
        const isOpen = isFiltered || !closed.has(home)
        const button = head.querySelector('.fold')
        button.hidden = isFiltered
        button.setAttribute('aria-expanded', String(isOpen))
        button.textContent = isOpen ? 'Close' : 'Open'
      }
      const all = `${items.length} row${items.length === 1 ? '' : 's'}`
      count.textContent = shown === items.length ? all : `${shown} of ${all}`
    }
    filter.addEventListener('input', show)
    kind.addEventListener('change', show)
    table.addEventListener('click', ({ target }) => {
      const home = target.closest('.fold')?.closest('tbody')
      if (!home) return
      if (!closed.delete(home)) closed.add(home)
      show()
    })
    show()

    const keyOf = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim()

    /** Empty cells are last in either order. */
    function compare(a, b) {
      if (a === '' || b === '') return Number(a === '') - Number(b === '')
      return a < b ? -1 : a > b ? 1 : 0
    }

    /** By commit, each row is under its commit; by another column, all rows are together. */
    function place(rows, order, at) {
      isFlat = at !== 0
      if (isFlat) {
        commits[0].append(...rows)
        return
      }
      for (const row of rows) homes.get(row).append(row)
      const bodies = order === 'descending' ? commits : commits.toReversed()
      table.append(...bodies)
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
        const rows = [...items].sort((a, b) => {
          const [x, y] = [keyOf(a, at), keyOf(b, at)]
          const sign = order === 'descending' && x !== '' && y !== '' ? -1 : 1
          return sign * compare(x, y)
        })
        place(rows, order, at)
        show()
        status.textContent = `Sorted by ${button.textContent}, ${order}`
      })
    }
  }
  for (const table of document.querySelectorAll('.event-table')) handleChanges(table.parentElement)

  /** Shows one of several streams: the one that the address names, else the first. */
  const streams = [...document.querySelectorAll('.stream')]
  function choose() {
    const target = document.getElementById(location.hash.slice(1))
    const chosen = target?.closest('.stream') ?? streams.find((stream) => !stream.hidden)
    for (const stream of streams) stream.hidden = stream !== chosen
    for (const link of document.querySelectorAll('.streams a')) {
      if (link.hash === `#${chosen.id}`) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
    if (target?.matches('section')) target.scrollIntoView()
  }
  addEventListener('hashchange', choose)
  choose()

  const theme = document.getElementById('theme')
  const THEMES = [
    ['', 'system', '◐'],
    ['light', 'light', '☀'],
    ['dark', 'dark', '☾'],
  ]
  let chosen = 0
  theme.addEventListener('click', () => {
    chosen = (chosen + 1) % THEMES.length
    const [value, name, sign] = THEMES[chosen]
    document.documentElement.dataset.theme = value
    theme.setAttribute('aria-label', `Theme: ${name}`)
    theme.title = `Theme: ${name}`
    theme.firstElementChild.textContent = sign
  })
})()
