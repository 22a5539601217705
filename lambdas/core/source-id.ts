const form = /^[a-z][a-z0-9-]{1,62}$/

/** Whether a text has the form of a source's id in the settings. */
export const isSourceId = (text: unknown): text is string => typeof text === 'string' && form.test(text)
