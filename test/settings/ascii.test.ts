import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiAddress, asciiJson, asciiLabel, asciiText } from '../../settings/ascii.ts'

const anyText = fc.string({ unit: 'binary' })
const printable = /^[\x20-\x7e]*$/

test('JSON in ASCII gives every value back', () => {
  fc.assert(
    fc.property(fc.dictionary(anyText, anyText), (value) => {
      const json = asciiJson(value)
      expect(json).toMatch(printable)
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('any text has a form in ASCII, and printable ASCII stays as it is', () => {
  fc.assert(fc.property(anyText, (text) => void expect(asciiText(text)).toMatch(printable)))
  const trimmed = fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll(/[^\x21-\x7e]/g, ''))
  fc.assert(fc.property(trimmed, (text) => void expect(asciiText(text)).toBe(text)))
})

test('a label is never empty, and has the id when letters would be lost', () => {
  fc.assert(fc.property(anyText, (label) => void expect(asciiLabel({ id: 'a-1', label })).toMatch(/^[\x20-\x7e]+$/)))
  const ofLabel = (label: string) => asciiLabel({ id: 'org-1', label })
  expect(ofLabel('Büro Zürich – “Große” Łódź 📓👩🏽‍💻 …')).toBe('Buro Zurich - "Grosse" Lodz ...')
  expect(ofLabel('組織 one')).toBe('source org-1')
  expect(ofLabel('📓')).toBe('source org-1')
  expect(ofLabel('One "quoted" <a>')).toBe('One "quoted" <a>')
})

test('of other texts, letters without a counterpart are question marks', () => {
  expect(asciiText('{"token": "…"} 組 é')).toBe('{"token": "..."} ? e')
})

test('an address has the form in which it is sent', () => {
  expect(asciiAddress('https://büro.example/é')).toBe('https://xn--bro-hoa.example/%C3%A9')
  expect(asciiAddress('https://api.example.com')).toBe('https://api.example.com')
  fc.assert(fc.property(anyText, (text) => void expect(asciiAddress(`https://${text}`)).toMatch(/^\p{ASCII}+$/u)))
})
