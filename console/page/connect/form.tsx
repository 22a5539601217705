import type { Form } from '../../api.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Text } from '../components/text.tsx'

/** What the server writes in place of a secret. */
const onRequest = '(shown on request)'

interface ProviderFormProps {
  readonly form: Form
  /** Whether it can be filled in instead of the one before it. */
  readonly isOther: boolean
}

/** A form of the provider: where it is, and what to write into each of its fields. */
export function ProviderForm({ form: { name, role, path, fields, page }, isOther }: ProviderFormProps) {
  return (
    <div class="form">
      <p>
        {isOther ? 'Or make' : 'Make'}{' '}
        <b>
          <Text of={name} />
        </b>
        .{' '}
        <span class="quiet">
          Needed: <Text of={role} />.
        </span>
      </p>
      <ol class="path" aria-label="Where it is">
        {path.map((step) => (
          <li key={step}>
            <Text of={step} />
          </li>
        ))}
      </ol>
      {fields.length > 0 && (
        <dl class="fields">
          {fields.map(({ field, value }) => (
            <div key={field}>
              <dt>
                <Text of={field} />
              </dt>
              <dd>
                <code>
                  <Text of={value} />
                </code>
                {value !== onRequest && <CopyButton text={value} name={field} />}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p class="quiet">
        The provider's own page:{' '}
        {isOfWeb(page) ? (
          <a href={page} rel="noreferrer noopener" target="_blank">
            <Text of={page} />
          </a>
        ) : (
          <Text of={page} />
        )}
      </p>
    </div>
  )
}

/** Only an address of the web becomes a link. */
const isOfWeb = (page: string): boolean => /^https:\/\//.test(page)
