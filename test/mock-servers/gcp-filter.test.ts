import { expect, test } from 'vitest'
import { readFilter } from './gcp-filter.ts'

const NAMES = ['coreos-ocp-48', 'coreos-ocp-413', 'coreos-oke-413']

test.each([
  ['', NAMES],
  ['name eq "coreos-ocp-.*"', ['coreos-ocp-48', 'coreos-ocp-413']],
  ['name ne "coreos-ocp-48"', ['coreos-ocp-413', 'coreos-oke-413']],
  ['name eq "ocp"', []],
  ['(name eq ".*(-413).*")(name ne ".*\\\\boke\\\\b.*")', ['coreos-ocp-413']],
  ['(name eq "coreos-(ocp|oke)-413") (name eq ".*k.*")', ['coreos-oke-413']],
])('%s lets through %j', (filter, names) => {
  const terms = readFilter(filter)
  expect(terms && NAMES.filter((name) => terms.every((isFound) => isFound(name)))).toEqual(names)
})

test.each(['name', 'name eq x', 'status eq "READY"', '(name eq "x"', 'name eq "x" name eq "y"'])(
  '%s is none',
  (filter) => {
    expect(readFilter(filter)).toBeUndefined()
  },
)
