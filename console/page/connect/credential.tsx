import { useState } from 'preact/hooks'
import type { ConnectForm, CredentialRequest, CredentialResult, ShownSecret } from '../../api.ts'
import { Confirm } from '../components/confirm.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Failed } from '../components/notes.tsx'
import { Sign } from '../components/sign.tsx'
import { Text } from '../components/text.tsx'
import { post, useOrder } from '../fetch.ts'
import { ProviderForm } from './form.tsx'

/** The secret of a webhook, which the server tells only when a person asks to see it. */
export function SecretStep({ path }: { readonly path: string }) {
  const secret = useOrder((_: undefined, signal) => post<ShownSecret>(`${path}/secret`, {}, signal))
  return (
    <section class="sheet step" aria-labelledby="step-secret">
      <h2 id="step-secret">The secret</h2>
      <p>The stack has made it. It belongs into the provider's form and nowhere else.</p>
      {secret.error !== undefined && <Failed error={secret.error} />}
      {secret.result ? (
        <p class="secret">
          <code>
            <Text of={secret.result.secret} />
          </code>
          <CopyButton text={secret.result.secret} name="the secret" />
          <button type="button" onClick={secret.forget}>
            Hide
          </button>
        </p>
      ) : (
        <button type="button" disabled={secret.isUnderWay} onClick={() => secret.give(undefined)}>
          Show the secret
        </button>
      )}
    </section>
  )
}

interface CredentialStepProps extends Pick<ConnectForm, 'credentials' | 'source'> {
  readonly path: string
}

/** A field for the provider's credential, which the source's own function checks as soon as it is stored. */
export function CredentialStep({ path, source, credentials }: CredentialStepProps) {
  const [credential, setCredential] = useState('')
  const [isSeen, setIsSeen] = useState(false)
  const stored = useOrder((order: CredentialRequest, signal) =>
    post<CredentialResult>(`${path}/credential`, order, signal),
  )
  const store = () => {
    stored.give({ credential: credential.trim() })
    setCredential('')
    setIsSeen(false)
  }
  return (
    <section class="sheet step" aria-labelledby="step-credential">
      <h2 id="step-credential">The credential</h2>
      {credentials.map((one, index) => (
        <div key={one.name}>
          <ProviderForm form={one} isOther={index > 0} />
          <p>
            Put in:{' '}
            <code>
              <Text of={one.putIn} />
            </code>
          </p>
        </div>
      ))}
      <label class="field">
        Credential
        <textarea
          class={isSeen ? 'credential' : 'credential masked'}
          rows={3}
          value={credential}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(event) => setCredential(event.currentTarget.value)}
        />
      </label>
      <div class="bar">
        <label class="check">
          <input type="checkbox" checked={isSeen} onChange={(event) => setIsSeen(event.currentTarget.checked)} /> show
          what I type
        </label>
        <Confirm
          question={
            <>
              Store it for <Text of={source} /> in place of the present one?
            </>
          }
          yes="Yes, store and check it"
          isDisabled={credential.trim() === '' || stored.isUnderWay}
          onYes={store}
        >
          Store and check …
        </Confirm>
      </div>
      <div aria-live="polite">
        {stored.isUnderWay && <p class="quiet">The source's function checks it …</p>}
        {stored.error !== undefined && <Failed error={stored.error} />}
        {stored.result && !stored.isUnderWay && <Checked result={stored.result} />}
      </div>
    </section>
  )
}

function Checked({ result: { works, lines } }: { readonly result: CredentialResult }) {
  return (
    <div class={works ? 'checked good' : 'checked bad'}>
      <p>
        <Sign of={works ? 'good' : 'crossed'} />{' '}
        <b>{works ? 'The credential works.' : 'The credential does not work.'}</b>
      </p>
      <ul>
        {lines.map(({ text, ok }) => (
          <li key={text} class={ok ? 'good' : 'bad'}>
            <Sign of={ok ? 'good' : 'crossed'} /> <Text of={text} />
          </li>
        ))}
      </ul>
    </div>
  )
}
