const kept = 'auditlake-token'

/**
 * The token of the start: from the link that opened the page, else from this tab's memory. A token in the address is
 * taken out of it, so that nobody copies or photographs it by accident.
 * @returns `undefined` where the page was opened without the link
 */
export function takeToken(): string | undefined {
  const given = /^#token=([\w.~-]+)$/.exec(location.hash)?.[1]
  if (given !== undefined) {
    sessionStorage.setItem(kept, given)
    history.replaceState(null, '', `${location.pathname}#/sources`)
  }
  return takenToken()
}

/** The token that this tab keeps. */
export const takenToken = (): string | undefined => sessionStorage.getItem(kept) ?? undefined

/** Forgets a token that the server refuses, because it was started anew. */
export const forgetToken = (): void => sessionStorage.removeItem(kept)
