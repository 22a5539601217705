import { useCallback, useState } from 'preact/hooks'
import type { ConnectForm, SourceCard } from '../../api.ts'
import { Empty, Failed, Loading } from '../components/notes.tsx'
import { useNow } from '../components/now.ts'
import { Advice, Text } from '../components/text.tsx'
import { get, useAsked } from '../fetch.ts'
import { linkTo } from '../route.ts'
import { StateWord } from '../sources/state-word.tsx'
import { CredentialStep, SecretStep } from './credential.tsx'
import { ProviderForm } from './form.tsx'
import { Waiting } from './waiting.tsx'

interface ConnectProps {
  /** Empty: a person has to choose. */
  readonly source: string
  readonly sources: readonly SourceCard[]
}

/** Sets a source up: the provider's form, the secret or credential, the first event. */
export function Connect({ source, sources }: ConnectProps) {
  return source === '' ? <Choose sources={sources} /> : <One source={source} />
}

function Choose({ sources }: { readonly sources: readonly SourceCard[] }) {
  const possible = new Map(sources.filter(({ canConnect }) => canConnect).map((card) => [card.source, card]))
  return (
    <>
      <h1>Connect</h1>
      {possible.size === 0 ? (
        <Empty>
          No source can be connected. Add one to <code>audit-lake.yaml</code>, and start or deploy anew.
        </Empty>
      ) : (
        <ul class="choose">
          {[...possible.values()].map(({ source, label, type, standing }) => (
            <li key={source}>
              <a href={linkTo('connect', source)}>
                <Text of={source} />
              </a>
              <span class="quiet">
                <Text of={[label, type].filter((one) => one !== undefined).join(' · ')} />
              </span>
              <StateWord word={standing.word} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function One({ source }: { readonly source: string }) {
  const [since] = useState(useNow())
  const path = `connect/${encodeURIComponent(source)}`
  const { data, error, again } = useAsked(
    useCallback((signal: AbortSignal) => get<ConnectForm>(path, {}, signal), [path]),
  )
  return (
    <>
      <h1>
        <span class="quiet">Connect</span> <Text of={source} />
      </h1>
      {error !== undefined && <Failed error={error} again={again} />}
      {!data && error === undefined && <Loading what="the provider's form" />}
      {data && <Steps form={data} path={path} since={since} />}
    </>
  )
}

interface StepsProps {
  readonly form: ConnectForm
  readonly path: string
  readonly since: number
}

function Steps({ form, path, since }: StepsProps) {
  const { source, type, label, plan, forms, events, credentials, hasSecret, works, hints } = form
  return (
    <div class="steps">
      <p class="lead">
        <Text of={label} />{' '}
        <span class="tag">
          <Text of={type} cut={80} />
        </span>{' '}
        <span class="quiet">
          Needs the provider's plan: <Text of={plan} />.
        </span>
      </p>
      {hints.length > 0 && (
        <ul class="sheet hints">
          {hints.map((hint) => (
            <li key={hint}>
              <Advice of={hint} />
            </li>
          ))}
        </ul>
      )}
      {forms.length > 0 && (
        <section class="sheet step" aria-labelledby="step-form">
          <h2 id="step-form">At the provider</h2>
          {forms.map((one, index) => (
            <ProviderForm key={one.name} form={one} isOther={index > 0} />
          ))}
          {events.length > 0 && (
            <details>
              <summary>Events worth choosing, as far as the form offers them</summary>
              <dl class="fields">
                {events.map((event) => (
                  <div key={event.label}>
                    <dt>
                      <Text of={event.label} />
                    </dt>
                    <dd>
                      <Text of={event.shows} />
                    </dd>
                  </div>
                ))}
              </dl>
            </details>
          )}
        </section>
      )}
      {hasSecret && <SecretStep path={path} />}
      {credentials.length > 0 && <CredentialStep path={path} source={source} credentials={credentials} />}
      <Waiting path={path} source={source} since={since} works={works} />
    </div>
  )
}
